using Bank.Infrastructure.Http;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Transfers;

/// <summary>Validates the request as a whole; the endpoint validates each transfer on its own.</summary>
sealed class BulkTransferValidator : Validator<BulkTransferRequest>
{
    const int MaxTransfers = 1000;

    public BulkTransferValidator()
    {
        RuleFor(request => request.Transfers).Cascade(CascadeMode.Stop)
            .NotNull().WithMessage("is required")
            .HasCount(1, MaxTransfers)
            .Custom(RefuseNulls);
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
