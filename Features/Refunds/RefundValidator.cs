using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Features.Refunds;

sealed class RefundValidator : Validator<RefundRequest>
{
    public RefundValidator()
    {
        RuleFor(request => request.Amount).IsMoney();
        RuleFor(request => request.Reference).IsReference();
    }
}
