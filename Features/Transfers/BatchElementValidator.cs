using Bank.Infrastructure.Ledger;
using FluentValidation;

namespace Bank.Features.Transfers;

sealed class BatchElementValidator : AbstractValidator<BatchElementRequest>
{
    public BatchElementValidator()
    {
        RuleFor(transfer => transfer.From).NotEmpty().WithMessage("is required");
        RuleFor(transfer => transfer.To).Cascade(CascadeMode.Stop)
            .NotEmpty().WithMessage("is required")
            .NotEqual(transfer => transfer.From).WithMessage("must be another account than from");
        RuleFor(transfer => transfer.Amount).NotNull().WithMessage("is required").IsMoney();
        RuleFor(transfer => transfer.Reference).IsReference();
    }
}
