using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Features.Operators;

sealed class UnblockUserValidator : Validator<UnblockUserRequest>
{
    public UnblockUserValidator() => RuleFor(request => request.Reason).IsGiven().IsReference();
}
