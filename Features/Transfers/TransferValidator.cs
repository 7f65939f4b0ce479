using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Transfers;

sealed class TransferValidator : Validator<TransferRequest>
{
    public TransferValidator()
    {
        RuleFor(request => request.From).NotEmpty().WithMessage("is required");
        RuleFor(request => request.To).Cascade(CascadeMode.Stop)
            .NotEmpty().WithMessage("is required")
            .NotEqual(request => request.From).WithMessage("must be another account than from");
        RuleFor(request => request.Amount)
            .NotNull().WithMessage("is required").IsMoney(request => request.Currency);
        RuleFor(request => request.Currency).IsCurrency();
        RuleFor(request => request.Reference).IsReference();
    }
}
