using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using Microsoft.AspNetCore.Mvc;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Transfers;

/// <summary>Post a batch</summary>
/// <remarks>
/// Posts up to 500 transfers in one request of up to 1 MiB: all of them or none. They are judged in order, so
/// a transfer may spend what an earlier one brought. A problem is that of the first transfer that cannot be
/// posted; `index` is its position, from 0.
/// </remarks>
[RequestSizeLimit(MaxBodySize)]
sealed class BatchTransferEndpoint(GroupCommitter ledger)
    : Endpoint<BatchTransferRequest, BatchTransferResponse>
{
    /// <summary>
    /// In bytes. 500 transfers fit, even where each of 140 characters of a reference takes twelve.
    /// </summary>
    const long MaxBodySize = 1024 * 1024;

    public override void Configure()
    {
        Post("/transactions/batch");
        Description(slice => slice.WithName("PostBatch")
            .ProducesExample(
                Status201Created,
                new BatchTransferResponse(Example.Batch))
            .ProducesProblems(
                SourceNotFound with { Index = 1 }, TargetNotFound with { Index = 1 },
                AccountClosed with { Index = 1 }, CurrencyMismatch with { Index = 1 },
                InsufficientFunds with { Index = 1 }, BalanceLimitExceeded with { Index = 1 })
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest =
            new BatchTransferRequest([
                new(1, 2, 20.00m, "Groceries", Example.Currency),
                new(2, 1, 20.00m, Currency: Example.Currency)]));
    }

    public override Task HandleAsync(BatchTransferRequest request, CancellationToken ct) =>
        Send.PostAndSendAsync(
            ledger, BatchTransferQuery.Command(User.Id(), request), fingerprintOf: request,
            result => Send.CreatedAsync(
                $"/transactions/{result.Id}", new BatchTransferResponse(result.Transactions), ct),
            ct);
}
