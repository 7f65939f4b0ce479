using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using Microsoft.AspNetCore.Mvc;
using static Bank.Infrastructure.Ledger.LedgerRefusals;

namespace Bank.Features.Batches;

/// <summary>Post a batch</summary>
/// <remarks>
/// Posts up to 500 transfers in one request of up to 1 MiB, all of them or none. They are judged in their
/// order, so that one may pay with what another before it brought. A refusal is that of the first that cannot
/// be posted; `index` says which one it is, from 0.
/// </remarks>
[RequestSizeLimit(LargestBody)]
sealed class PostBatchEndpoint(GroupCommit ledger) : Endpoint<PostBatchRequest, PostBatchResponse>
{
    /// <summary>
    /// In bytes: 500 transfers fit, also with references of 140 characters, each escaped with twelve.
    /// </summary>
    const long LargestBody = 1024 * 1024;

    static readonly Guid First = NumberedIds.At(Example.TransactionAt(10), 0);

    public override void Configure()
    {
        Post("/transactions/batch");
        Description(slice => slice.WithName("PostBatch")
            .Answers(
                Status201Created,
                new PostBatchResponse(
                [
                    new(First, 1, 2, 20.00m, 714.00m, Example.At(10), "Groceries"),
                    new(NumberedIds.At(First, 1), 2, 1, 5.00m, 81.00m, Example.At(10), null),
                ]))
            .Refuses(
                SourceNotFound with { Index = 1 }, TargetNotFound with { Index = 1 },
                AccountClosed with { Index = 1 }, InsufficientFunds with { Index = 1 },
                BalanceLimitExceeded with { Index = 1 })
            .PostsMoney());
        Summary(slice => slice.ExampleRequest =
            new PostBatchRequest([new(1, 2, 20.00m, "Groceries"), new(2, 1, 5.00m)]));
    }

    public override async Task HandleAsync(PostBatchRequest request, CancellationToken ct)
    {
        var command = new PostBatchCommand(User.Id(), request.Transfers);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.CreatedAtAsync(
                "GetTransaction", new { answer.Id },
                new PostBatchResponse([.. request.Transfers.Select(Transaction)]),
                cancellation: ct)
            : Send.RefusalAsync(answer.Outcome, ct, NumberedIds.NumberOf(answer.Id)));

        BatchTransferResponse Transaction(BatchTransferRequest transfer, int number) => new(
            NumberedIds.At(answer.Id, number), transfer.From, transfer.To, transfer.Amount!.Value,
            answer.Balances![number], answer.CreatedAt, transfer.Reference);
    }
}
