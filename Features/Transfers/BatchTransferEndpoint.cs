using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using Microsoft.AspNetCore.Mvc;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Transfers;

/// <summary>Post a batch</summary>
/// <remarks>
/// Posts up to 500 transfers in one request of up to 1 MiB, all of them or none. They are judged in their
/// order, so that one may pay with what another before it brought. A refusal is that of the first that cannot
/// be posted; `index` says which one it is, from 0.
/// </remarks>
[RequestSizeLimit(LargestBody)]
sealed class BatchTransferEndpoint(GroupCommitter ledger) : Endpoint<BatchTransferRequest, BatchTransferResponse>
{
    /// <summary>
    /// In bytes: 500 transfers fit, also with references of 140 characters, each escaped with twelve.
    /// </summary>
    const long LargestBody = 1024 * 1024;

    static readonly Guid First = BatchIds.At(Example.TransactionAt(4.25), 0);

    public override void Configure()
    {
        Post("/transactions/batch");
        Description(slice => slice.WithName("PostBatch")
            .ProducesExample(
                Status201Created,
                new BatchTransferResponse(
                [
                    new(First, 1, 2, 20.00m, 780.00m, Example.At(4.25), "Groceries"),
                    new(BatchIds.At(First, 1), 2, 1, 20.00m, 0.00m, Example.At(4.25), null),
                ]))
            .ProducesProblems(
                SourceNotFound with { Index = 1 }, TargetNotFound with { Index = 1 },
                AccountClosed with { Index = 1 }, InsufficientFunds with { Index = 1 },
                BalanceLimitExceeded with { Index = 1 })
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest =
            new BatchTransferRequest([new(1, 2, 20.00m, "Groceries"), new(2, 1, 20.00m)]));
    }

    public override async Task HandleAsync(BatchTransferRequest request, CancellationToken ct)
    {
        var command = new BatchTransferCommand(User.Id(), request.Transfers);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.CreatedAtAsync(
                "GetTransaction", new { answer.Id },
                new BatchTransferResponse([.. request.Transfers.Select(Transaction)]),
                cancellation: ct)
            : Send.ProblemCodeAsync(answer.Outcome, ct, BatchIds.NumberOf(answer.Id)));

        BatchElementResponse Transaction(BatchElementRequest transfer, int number) => new(
            BatchIds.At(answer.Id, number), transfer.From, transfer.To, transfer.Amount!.Value,
            answer.Balances![number], answer.CreatedAt, transfer.Reference);
    }
}
