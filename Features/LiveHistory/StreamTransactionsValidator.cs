using Bank.Infrastructure.Http;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.LiveHistory;

sealed class StreamTransactionsValidator : Validator<StreamTransactionsRequest>
{
    public StreamTransactionsValidator()
    {
        RuleFor(request => request.After).GreaterThanOrEqualTo(0).WithMessage("must not be negative");
        RuleFor(request => request.LastEventId).HasPattern("^[0-9]{1,18}$")
            .WithMessage("must be the id of an event").OverridePropertyName(StreamTransactionsRequest.Header);
    }
}
