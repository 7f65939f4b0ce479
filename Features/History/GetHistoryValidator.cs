using Bank.Infrastructure.Http;
using FastEndpoints;
using FluentValidation;

namespace Bank.Features.History;

sealed class GetHistoryValidator : Validator<GetHistoryRequest>
{
    public GetHistoryValidator()
    {
        RuleFor(request => request.Limit).InclusiveBetween(1, 1000).WithMessage("must be 1 to 1000");
        RuleFor(request => request.Order).IsOneOf("asc", "desc");
        RuleFor(request => request.Cursor)
            .Must(BelongToOrder).WithMessage("must be a cursor from a page of the same order");
    }

    static bool BelongToOrder(GetHistoryRequest request, string? cursor) =>
        cursor is null
        || (HistoryCursor.TryParse(cursor, out var parsed) && parsed.Order == request.Direction());
}
