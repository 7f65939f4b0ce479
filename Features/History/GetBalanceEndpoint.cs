using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.History;

/// <summary>Get a balance at a moment</summary>
/// <remarks>
/// The balance of one of the caller's accounts after everything posted at that moment or before. The result
/// is final. If <c>at</c> lies after the last settled moment, the balance is given as of that moment, named
/// in <c>at</c>.
/// </remarks>
sealed class GetBalanceEndpoint(GetBalanceQuery balances) : Endpoint<GetBalanceRequest, BalanceResponse>
{
    public override void Configure()
    {
        Get("/accounts/{id}/balance");
        Description(slice => slice.WithName("GetBalance").ReadableByOperators(OwnedThing.Account)
            .ProducesExample(
                Status200OK,
                new BalanceResponse(1, Example.At(5).AddSeconds(35), Example.Currency, 769.50m, 6))
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
