using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Features.Refunds;

sealed class RefundValidator : Validator<RefundRequest>
{
    public RefundValidator()
    {
        RuleFor(request => request.Amount).IsMoney(request => request.Currency);
        RuleFor(request => request.Currency).IsCurrency();
        RuleFor(request => request.Reference).IsReference();
    }
}
