using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Accounts;

/// <summary>Get an account</summary>
/// <remarks>
/// An account of the current user, with its balance. Another user's account returns 404, as if it did not
/// exist.
/// </remarks>
sealed class GetAccountEndpoint(GetAccountQuery accounts) : Endpoint<GetAccountRequest, AccountResponse>
{
    public override void Configure()
    {
        Get("/accounts/{id}");
        Description(slice => slice.WithName("GetAccount").ReadableByOperators(OwnedThing.Account)
            .ProducesExample(
                Status200OK,
                new AccountResponse(
                    1, Example.Currency, 0.00m, 0.00m, Example.At(1), null, Example.AccountName))
            .ProducesProblems(AccountNotFound));
    }

    public override async Task HandleAsync(GetAccountRequest request, CancellationToken ct)
    {
        var account = await accounts.FindAsync(request.Id, User.Id(), ct);

        await (account is null
            ? Send.ProblemAsync(AccountNotFound, ct)
            : Send.OkAsync(account, ct));
    }
}
