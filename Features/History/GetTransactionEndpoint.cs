using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using FastEndpoints;
using static Bank.Features.History.HistoryRefusals;
using static Bank.Infrastructure.Ledger.LedgerRefusals;

namespace Bank.Features.History;

/// <summary>Shows a transaction of one of the caller's accounts.</summary>
/// <remarks>
/// Whoever paid and whoever received may read it. Each sees the balance of the account of their own; who
/// owns both sees that of the one that paid.
/// </remarks>
sealed class GetTransactionEndpoint(GetTransactionQuery transactions, UnsettledQuery unsettled)
    : Endpoint<GetTransactionRequest, TransactionResponse>
{
    public override void Configure()
    {
        Get("/transactions/{id}");
        Description(slice => slice.WithName("GetTransaction").Answers<TransactionResponse>(Status200OK)
            .Refuses(TransactionNotFound, OutcomeUnknown(SomeTransaction)));
    }

    public override async Task HandleAsync(GetTransactionRequest request, CancellationToken ct)
    {
        var transaction = await transactions.FindAsync(request.Id, User.Id(), ct);

        await (transaction is not null ? Send.OkAsync(transaction, ct)
            : await unsettled.MayLandAsync(request.Id, ct) ? Send.ProblemAsync(OutcomeUnknown(request.Id), ct)
            : Send.ProblemAsync(TransactionNotFound, ct));
    }
}
