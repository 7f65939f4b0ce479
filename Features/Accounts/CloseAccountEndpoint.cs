using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Accounts.AccountProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Accounts;

/// <summary>Close an account</summary>
/// <remarks>
/// The balance must be 0. A closed account accepts no more money, and its transactions stay in the ledger.
/// Payers may release holds in favour of the closed account.
/// </remarks>
sealed class CloseAccountEndpoint(CloseAccountQuery accounts) : Endpoint<CloseAccountRequest>
{
    public override void Configure()
    {
        Delete("/accounts/{id}");
        Description(slice => slice.WithName("CloseAccount").ProducesExample(Status204NoContent)
            .ProducesProblems(AccountNotFound, AccountNotEmpty)
            .WithOutcomeHint("It is safe to send the request again."));
    }

    public override async Task HandleAsync(CloseAccountRequest request, CancellationToken ct)
    {
        var problem = await accounts.CloseAsync(request.Id, User.Id(), ct);

        await (problem is null
            ? Send.NoContentAsync(CancellationToken.None)
            : Send.ProblemCodeAsync(problem, ct));
    }
}
