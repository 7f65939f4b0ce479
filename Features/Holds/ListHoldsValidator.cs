using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Holds;

sealed class ListHoldsValidator : Validator<ListHoldsRequest>
{
    public ListHoldsValidator()
    {
        RuleFor(request => request.Limit).IsPageLimit();
        RuleFor(request => request.Cursor).IsCursorOf(_ => ListHoldsRequest.List);
        RuleFor(request => request.Status).IsOneOf("held", "captured", "released", "expired");
    }
}
