using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <summary>List accounts</summary>
/// <remarks>The caller's, newest first: all of them at once, with their balances.</remarks>
sealed class ListAccountsEndpoint(ListAccountsQuery accounts) : EndpointWithoutRequest<AccountResponse[]>
{
    public override void Configure()
    {
        Get("/accounts/");
        Description(slice => slice.WithName("ListAccounts").Answers<AccountResponse[]>(
            Status200OK,
            [
                new AccountResponse(2, 0, Example.At(2), null),
                new AccountResponse(1, 0, Example.At(1), null),
            ]));
        Summary(slice => slice.Responses[Status200OK] = "The accounts, none if there are none.");
    }

    public override async Task HandleAsync(CancellationToken ct) =>
        await Send.OkAsync(await accounts.ListAsync(User.Id(), ct), ct);
}
