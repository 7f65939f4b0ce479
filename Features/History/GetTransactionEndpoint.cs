using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.History;

/// <summary>Get a transaction</summary>
/// <remarks>
/// Visible to the owners of either account. <c>balance</c> is the caller's; if the caller owns both accounts,
/// the payer's (for a captured hold, the payee's). A refunded transaction lists its latest 100 refunds.
/// </remarks>
sealed class GetTransactionEndpoint(GetTransactionQuery transactions, InDoubtQuery inDoubt)
    : Endpoint<GetTransactionRequest, TransactionDetailsResponse>
{
    public override void Configure()
    {
        Get("/transactions/{id}");
        Description(slice => slice.WithName("GetTransaction").ReadableByOperators(OwnedThing.Transaction)
            .ProducesExample(
                Status200OK,
                new TransactionDetailsResponse(Example.Transfer))
            .ProducesProblems(TransactionNotFound, OutcomeUnknown(SomeTransaction)));
    }

    public override async Task HandleAsync(GetTransactionRequest request, CancellationToken ct)
    {
        var transaction = await transactions.FindAsync(request.Id, User.Id(), ct);

        await (transaction is not null ? Send.OkAsync(transaction, ct)
            : await inDoubt.IsInDoubtAsync(request.Id, ct) ? Send.ProblemAsync(OutcomeUnknown(request.Id), ct)
            : Send.ProblemAsync(TransactionNotFound, ct));
    }
}
