using Bank.Infrastructure.Http;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Transfers;

sealed class BatchTransferValidator : Validator<BatchTransferRequest>
{
    const int MaxTransfers = 500;

    public BatchTransferValidator()
    {
        RuleFor(request => request.Transfers).NotNull().WithMessage("is required").HasCount(1, MaxTransfers);

        // The elements of a batch that is too long are not validated.
        RuleForEach(request => request.Transfers)
            .NotNull().WithMessage("is required")
            .SetValidator(new TransferValidator())
            .When(request => request.Transfers?.Count <= MaxTransfers);
    }
}
