using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Deposits;

sealed class DepositValidator : Validator<DepositRequest>
{
    public DepositValidator()
    {
        RuleFor(request => request.AccountId).NotEmpty().WithMessage("is required");
        RuleFor(request => request.Amount)
            .NotNull().WithMessage("is required").IsMoney(request => request.Currency);
        RuleFor(request => request.Currency).IsCurrency();
        RuleFor(request => request.Reference).IsReference();
    }
}
