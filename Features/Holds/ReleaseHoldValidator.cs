using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Holds;

sealed class ReleaseHoldValidator : Validator<ReleaseHoldRequest>
{
    public ReleaseHoldValidator() => RuleFor(request => request.IdempotencyKey).IsIdempotencyKey();
}
