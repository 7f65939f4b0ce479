using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Features.Accounts;

sealed class UpdateAccountValidator : Validator<UpdateAccountRequest>
{
    public UpdateAccountValidator()
    {
        RuleFor(request => request.Name).IsReference();
    }
}
