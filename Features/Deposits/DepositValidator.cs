using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Deposits;

sealed class DepositValidator : Validator<DepositRequest>
{
    public DepositValidator()
    {
        RuleFor(request => request.AccountId).NotEmpty().WithMessage("is required");
        RuleFor(request => request.Amount).IsMoney();
        RuleFor(request => request.IdempotencyKey).IsIdempotencyKey();
    }
}
