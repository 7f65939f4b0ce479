using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Features.Operators;

sealed class ResetPasswordValidator : Validator<ResetPasswordRequest>
{
    public ResetPasswordValidator() => RuleFor(request => request.Reason).IsGiven().IsReference();
}
