using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Ledger;
using FastEndpoints;

namespace Bank.Features.Operators;

sealed class BlockUserValidator : Validator<BlockUserRequest>
{
    public BlockUserValidator() => RuleFor(request => request.Reason).IsGiven().IsReference();
}
