using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.History;

sealed class GetHistoryValidator : Validator<GetHistoryRequest>
{
    public GetHistoryValidator()
    {
        RuleFor(request => request.Limit).IsPageLimit();
        RuleFor(request => request.Order).IsOneOf("asc", "desc");
        RuleFor(request => request.Cursor).IsCursorOf(request => (byte)request.ParsedOrder());
        RuleFor(request => request.Until).IsNotBefore(request => request.Since);
        RuleFor(request => request.Direction).IsOneOf("in", "out");
    }
}
