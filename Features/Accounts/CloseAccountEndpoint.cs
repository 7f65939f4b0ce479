using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Features.Accounts.AccountProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Accounts;

/// <summary>Close an account</summary>
/// <remarks>
/// Its balance must be 0. It takes no more money, and what was posted stays in the ledger. What others hold for
/// it they may release.
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
        var refusal = await accounts.CloseAsync(request.Id, User.Id(), ct);

        await (refusal is null ? Send.NoContentAsync(ct) : Send.ProblemCodeAsync(refusal, ct));
    }
}
