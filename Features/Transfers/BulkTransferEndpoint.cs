using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Mvc;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Transfers;

/// <summary>Transfer money in bulk</summary>
/// <remarks>
/// Posts up to 1000 transfers in one request of up to 2 MiB, each on its own: a refused transfer does not
/// affect the others, and they may be posted in any order. Each result has the status and the content of the
/// response to a single transfer. With an `Idempotency-Key`, a repeated request posts only the transfers that
/// were not decided before, even if the first response never arrived. A body that does not match the schema,
/// such as one with an element that is not a transfer, is refused as a whole.
/// </remarks>
[RequestSizeLimit(MaxBodySize)]
sealed class BulkTransferEndpoint(GroupCommitter ledger, ReserveIdempotencyKeyQuery claims)
    : Endpoint<BulkTransferRequest, BulkTransferResponse>
{
    /// <summary>
    /// In bytes. 1000 transfers fit, even where each of 140 characters of a reference takes twelve.
    /// </summary>
    const long MaxBodySize = 2 * 1024 * 1024;

    static readonly TransferValidator Validator = new();

    public override void Configure()
    {
        Post("/transactions/bulk");
        Description(slice => slice.WithName("BulkTransfer")
            .ProducesExample(
                Status200OK,
                new BulkTransferResponse([
                    new(Status201Created, Example.BulkTransfer),
                    TransferResult.FromProblem(InsufficientFunds)]))
            .AcceptsIdempotencyKey()
            .WaitsForDatabase());
        Summary(slice => slice.ExampleRequest = new BulkTransferRequest(
        [
            new TransferRequest(1, 2, 20.00m, "Rent", Example.Currency),
            new TransferRequest(2, 1, 500.00m, Currency: Example.Currency),
        ]));
    }

    public override async Task HandleAsync(BulkTransferRequest request, CancellationToken ct)
    {
        var results = new TransferResult?[request.Transfers.Count];
        var commands = new MoneyCommand?[results.Length];

        for (var index = 0; index < results.Length; index++)
        {
            var transfer = request.Transfers[index];

            if (Validator.Validate(transfer) is { IsValid: false, Errors: var broken })
                results[index] = TransferResult.FromProblem(
                    Problem.ValidationFailed,
                    broken.ConvertAll(rule => new FieldError(rule.PropertyName, rule.ErrorMessage)));
            else
                commands[index] = TransferQuery.Command(User.Id(), transfer);
        }

        var posted = await ledger.PostAllAsync(HttpContext, claims, commands, fingerprintOf: request, ct);

        for (var index = 0; index < results.Length; index++)
            results[index] ??= ResultOf(posted[index]!);

        await Send.OkAsync(new BulkTransferResponse(results!), ct);
    }

    static TransferResult ResultOf(PostingResult posted) => posted.IsPosted
        ? new(Status201Created, posted.Transaction)
        : TransferResult.FromProblem(
            posted.Problem ?? Array.Find(TransferProblems.All, problem => problem.Code == posted.Outcome)!);
}
