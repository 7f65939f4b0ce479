using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.History;

/// <summary>Show a balance at any moment</summary>
/// <remarks>
/// What one of the caller's accounts held after all that was posted at that moment or before. It never changes
/// any more: for a moment that is not over, the answer is of the last one that is, and <c>at</c> says which.
/// </remarks>
sealed class GetBalanceEndpoint(GetBalanceQuery balances) : Endpoint<GetBalanceRequest, BalanceResponse>
{
    public override void Configure()
    {
        Get("/accounts/{id}/balance");
        Description(slice => slice.WithName("GetBalance")
            .ProducesExample(Status200OK, new BalanceResponse(1, Example.At(5).AddSeconds(30), 769.50m, 6))
            .ProducesProblems(AccountNotFound));
    }

    public override async Task HandleAsync(GetBalanceRequest request, CancellationToken ct)
    {
        var balance = await balances.FindAsync(request, User.Id(), ct);

        await (balance is null
            ? Send.ProblemAsync(AccountNotFound, ct)
            : Send.OkAsync(balance, ct));
    }
}
