using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <summary>Lists the caller's accounts, newest first.</summary>
/// <remarks>All of them at once, with their balances.</remarks>
sealed class ListAccountsEndpoint(ListAccountsQuery accounts) : EndpointWithoutRequest<AccountResponse[]>
{
    public override void Configure()
    {
        Get("/accounts/");
        Description(slice => slice.WithName("ListAccounts").Answers<AccountResponse[]>(Status200OK));
        Summary(slice => slice.Responses[Status200OK] = "The accounts, none if there are none.");
    }

    public override async Task HandleAsync(CancellationToken ct) =>
        await Send.OkAsync(await accounts.ListAsync(User.Id(), ct), ct);
}
