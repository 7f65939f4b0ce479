using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;

namespace Bank.Features.Transfers;

/// <summary>Transfer money</summary>
/// <remarks>
/// Moves money from one of the caller's accounts to any other account: both balances change at once, or
/// neither does. The answer shows the balance of the account that paid.
/// </remarks>
sealed class TransferEndpoint(GroupCommitter ledger)
    : Endpoint<TransferRequest, TransferResponse>
{
    public override void Configure()
    {
        Post("/transactions/transfer");
        Description(slice => slice.WithName("Transfer")
            .ProducesExample(
                Status201Created,
                new TransferResponse(Example.TransactionAt(5), 1, 2, 10.50m, 769.50m, Example.At(5), "Lunch"))
            .ProducesProblems(TransferProblems.All)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest = new TransferRequest(1, 2, 10.50m, "Lunch"));
    }

    public override async Task HandleAsync(TransferRequest request, CancellationToken ct)
    {
        var command = new TransferCommand(
            User.Id(), request.From, request.To, request.Amount!.Value, request.Reference);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.CreatedAtAsync(
                "GetTransaction", new { answer.Id },
                new TransferResponse(
                    answer.Id, request.From, request.To, command.Amount, answer.Balance, answer.CreatedAt,
                    command.Reference),
                cancellation: ct)
            : Send.ProblemCodeAsync(answer.Outcome, ct));
    }
}
