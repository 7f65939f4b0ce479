using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <summary>List accounts</summary>
/// <remarks>
/// The accounts of the current user, newest first, closed ones included. While accounts are opened, pages
/// neither skip nor repeat an account.
/// </remarks>
sealed class ListAccountsEndpoint(ListAccountsQuery accounts)
    : Endpoint<ListAccountsRequest, AccountResponse[]>
{
    public override void Configure()
    {
        Get("/accounts/");
        Description(slice => slice.WithName("ListAccounts").ReadableByOperators(OwnedThing.User)
            .ProducesExample<AccountResponse[]>(
                Status200OK,
                [
                    new AccountResponse(
                        2, Example.Currency, 0.00m, 0.00m, Example.At(2), null, Example.AccountName),
                    new AccountResponse(
                        1, Example.Currency, 0.00m, 0.00m, Example.At(1), null, Example.AccountName),
                ]));
        Summary(slice => slice.Responses[Status200OK] = "A page of accounts; empty if there are none.");
    }

    public override async Task HandleAsync(ListAccountsRequest request, CancellationToken ct)
    {
        var page = await accounts.ListAsync(request, User.Id(), ct);

        await Send.PageAsync(
            page, request.Limit, request.Address(),
            last => new PageCursor(ListAccountsRequest.List, last.Id), ct);
    }
}
