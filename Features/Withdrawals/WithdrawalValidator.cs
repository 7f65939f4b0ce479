using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Withdrawals;

sealed class WithdrawalValidator : Validator<WithdrawalRequest>
{
    public WithdrawalValidator()
    {
        RuleFor(request => request.AccountId).NotEmpty().WithMessage("is required");
        RuleFor(request => request.Amount).IsMoney();
        RuleFor(request => request.IdempotencyKey).IsIdempotencyKey();
    }
}
