using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;

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
        RuleFor(request => request.Reference).IsReference();
        RuleFor(request => request.MinAmount).IsMoneyInAnyCurrency();
        RuleFor(request => request.MaxAmount).IsMoneyInAnyCurrency()
            .Must((request, max) => !(max < request.MinAmount))
            .WithMessage("must not be less than min_amount");
    }
}
