using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Transfers;

/// <summary>What is wrong with the whole request; each transfer is looked at on its own.</summary>
sealed class BulkTransferValidator : Validator<BulkTransferRequest>
{
    const int MostTransfers = 1000;

    public BulkTransferValidator()
    {
        RuleFor(request => request.Transfers).Cascade(CascadeMode.Stop)
            .NotNull().WithMessage("is required")
            .Must(transfers => transfers.Count is > 0 and <= MostTransfers)
            .WithMessage("must have 1 to 1000 elements")
            .Must(transfers => !transfers.Contains(null!))
            .WithMessage("must not have elements that are null");
        RuleFor(request => request.IdempotencyKey).IsIdempotencyKey();
    }
}
