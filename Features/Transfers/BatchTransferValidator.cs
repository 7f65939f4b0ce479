using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Transfers;

sealed class BatchTransferValidator : Validator<BatchTransferRequest>
{
    const int MostTransfers = 500;

    public BatchTransferValidator()
    {
        RuleFor(request => request.Transfers).NotNull().WithMessage("is required").HasCount(1, MostTransfers);

        // Of more than may be asked, nothing is looked at.
        RuleForEach(request => request.Transfers)
            .NotNull().WithMessage("is required")
            .SetValidator(new BatchElementValidator())
            .When(request => request.Transfers?.Count <= MostTransfers);
        RuleFor(request => request.IdempotencyKey).IsIdempotencyKey();
    }
}
