using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Features.Holds;

sealed class CaptureHoldValidator : Validator<CaptureHoldRequest>
{
    public CaptureHoldValidator()
    {
        RuleFor(request => request.Amount).IsMoney(request => request.Currency);
        RuleFor(request => request.Currency).IsCurrency();
        RuleFor(request => request.Reference).IsReference();
    }
}
