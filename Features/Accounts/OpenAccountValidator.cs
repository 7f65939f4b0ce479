using Bank.Infrastructure.Idempotency;
using FastEndpoints;

namespace Bank.Features.Accounts;

sealed class OpenAccountValidator : Validator<OpenAccountRequest>
{
    public OpenAccountValidator() => RuleFor(request => request.IdempotencyKey).IsIdempotencyKey();
}
