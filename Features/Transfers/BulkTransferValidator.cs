using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
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
            .HasCount(1, MostTransfers)
            .Custom(RefuseNulls);
        RuleFor(request => request.IdempotencyKey).IsIdempotencyKey();
    }

    static void RefuseNulls(
        IReadOnlyList<TransferRequest?> transfers,
        FluentValidation.ValidationContext<BulkTransferRequest> context)
    {
        for (var index = 0; index < transfers.Count; index++)
        {
            if (transfers[index] is null)
                context.AddFailure($"transfers[{index}]", "is required");
        }
    }
}
