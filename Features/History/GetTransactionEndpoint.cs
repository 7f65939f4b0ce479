using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.History;

/// <summary>Show a transaction</summary>
/// <remarks>
/// Whoever paid and whoever received may read it. Each sees the balance of the account of their own; who
/// owns both sees that of the one that paid, and of a captured hold that of the one that received. What was
/// sent back names its refunds, the latest hundred.
/// </remarks>
sealed class GetTransactionEndpoint(GetTransactionQuery transactions, InDoubtQuery inDoubt)
    : Endpoint<GetTransactionRequest, TransactionDetailsResponse>
{
    public override void Configure()
    {
        Get("/transactions/{id}");
        Description(slice => slice.WithName("GetTransaction")
            .ProducesExample(
                Status200OK,
                new TransactionDetailsResponse(
                    Example.TransactionAt(5), 1, 2, 10.50m, 769.50m, Example.At(5), "Lunch"))
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
