using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Features.Accounts;

sealed class OpenAccountValidator : Validator<OpenAccountRequest>
{
    public OpenAccountValidator()
    {
        RuleFor(request => request.Name).IsReference();
        RuleFor(request => request.Currency).IsCurrency();
    }
}
