using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.Batches;

sealed class PostBatchValidator : Validator<PostBatchRequest>
{
    const int MostTransfers = 500;

    public PostBatchValidator()
    {
        RuleFor(request => request.Transfers).NotNull().WithMessage("is required").HasCount(1, MostTransfers);

        // Of more than may be asked, nothing is looked at.
        RuleForEach(request => request.Transfers)
            .NotNull().WithMessage("is required")
            .SetValidator(new BatchTransferValidator())
            .When(request => request.Transfers?.Count <= MostTransfers);
        RuleFor(request => request.IdempotencyKey).IsIdempotencyKey();
    }
}
