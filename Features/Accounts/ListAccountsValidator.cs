using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Accounts;

sealed class ListAccountsValidator : Validator<ListAccountsRequest>
{
    public ListAccountsValidator()
    {
        RuleFor(request => request.Limit).IsPageLimit();
        RuleFor(request => request.Username).HasLength(1, 64);
        RuleFor(request => request.Cursor).IsCursorOf(_ => ListAccountsRequest.List);
    }
}
