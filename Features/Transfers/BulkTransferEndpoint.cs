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
/// Posts up to 1000 transfers in one request of up to 2 MiB, each on its own: what one of them is refused for
/// changes nothing for the others, and they may be posted in any order. Each result has the status and the
/// content that a request of its own would have been answered with. With an `Idempotency-Key` a repeat posts
/// only what was not decided before, also after an answer that never came. A body that is not of the schema,
/// such as one with an element that is no transfer, is refused as a whole.
/// </remarks>
[RequestSizeLimit(LargestBody)]
sealed class BulkTransferEndpoint(GroupCommitter ledger, ReserveIdempotencyKeyQuery claims)
    : Endpoint<BulkTransferRequest, BulkTransferResponse>
{
    /// <summary>
    /// In bytes: 1000 transfers fit, also with references of 140 characters, each escaped with twelve.
    /// </summary>
    const long LargestBody = 2 * 1024 * 1024;

    static readonly TransferValidator Rules = new();

    public override void Configure()
    {
        Post("/transactions/bulk");
        Description(slice => slice.WithName("BulkTransfer")
            .ProducesExample(
                Status200OK,
                new BulkTransferResponse([
                    new(Status201Created, new TransferResponse(
                        Example.TransactionAt(4.5), 1, 2, 20.00m, 780.00m, Example.At(4.5), "Rent")),
                    TransferResult.Refused(InsufficientFunds)]))
            .ProducesProblems(IdempotencyProblems.KeyReused));
        Summary(slice => slice.ExampleRequest = new BulkTransferRequest(
            [new TransferRequest(1, 2, 20.00m, "Rent"), new TransferRequest(2, 1, 500.00m)]));
    }

    public override async Task HandleAsync(BulkTransferRequest request, CancellationToken ct)
    {
        var results = new TransferResult?[request.Transfers.Count];
        var commands = new MoneyCommand?[results.Length];

        for (var index = 0; index < results.Length; index++)
        {
            var transfer = request.Transfers[index];

            if (Rules.Validate(transfer) is { IsValid: false, Errors: var broken })
                results[index] = TransferResult.Refused(
                    Problem.ValidationFailed,
                    broken.ConvertAll(rule => new FieldError(rule.PropertyName, rule.ErrorMessage)));
            else
                commands[index] = new TransferCommand(
                    User.Id(), transfer.From, transfer.To, transfer.Amount!.Value, transfer.Reference);
        }

        var answers = await ledger.PostAllAsync(HttpContext, claims, commands, request, ct);

        for (var index = 0; index < results.Length; index++)
            results[index] ??= ResultOf(commands[index]!, answers[index]!);

        await Send.OkAsync(new BulkTransferResponse(results!), ct);
    }

    static TransferResult ResultOf(MoneyCommand command, PostingResult answer) => answer.IsPosted
        ? new(Status201Created, new TransferResponse(
            answer.Id, command.From!.Value, command.To!.Value, command.Amount, answer.Balance,
            answer.CreatedAt, command.Reference))
        : TransferResult.Refused(
            answer.Problem
            ?? Array.Find(TransferProblems.All, refusal => refusal.Code == answer.Outcome)!);
}
