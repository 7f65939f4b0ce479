using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Features.Holds;

sealed class CaptureHoldValidator : Validator<CaptureHoldRequest>
{
    public CaptureHoldValidator()
    {
        RuleFor(request => request.Amount).IsMoney();
        RuleFor(request => request.Reference).IsReference();
    }
}
