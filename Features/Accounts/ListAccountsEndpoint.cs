using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;

namespace Bank.Features.Accounts;

/// <summary>Lists the caller's accounts, newest first.</summary>
sealed class ListAccountsEndpoint(ListAccountsQuery accounts) : EndpointWithoutRequest<AccountResponse[]>
{
    public override void Configure()
    {
        Get("/accounts/");
        Description(slice => slice.WithName("ListAccounts").Answers<AccountResponse[]>(Status200OK));
    }

    public override async Task HandleAsync(CancellationToken ct) =>
        await Send.OkAsync(await accounts.ListAsync(User.Id(), ct), ct);
}
