using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Holds.HoldProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Holds;

/// <summary>Capture a hold</summary>
/// <remarks>
/// Moves what a hold set aside, or a part of it, to the account that it is for, whose owner asks. The rest is
/// free at once.
/// </remarks>
sealed class CaptureHoldEndpoint(GroupCommitter ledger, GetHoldQuery holds)
    : Endpoint<CaptureHoldRequest, CaptureHoldResponse>
{
    public override void Configure()
    {
        Post("/holds/{id}/capture");
        Description(slice => slice.WithName("CaptureHold")
            .ProducesExample(
                Status201Created,
                new CaptureHoldResponse(
                    Example.TransactionAt(8), 1, 2, 40.00m, 70.50m, Example.At(8), "One night",
                    Example.TransactionAt(6)))
            .ProducesProblems(HoldNotFound, HoldNotOpen, CaptureExceedsHold, AccountClosed, BalanceLimitExceeded)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest =
            new CaptureHoldRequest(Example.TransactionAt(6), 40.00m, "One night"));
    }

    public override async Task HandleAsync(CaptureHoldRequest request, CancellationToken ct)
    {
        // What a hold is between never changes; whether it is still open is for the statement to decide.
        if (await holds.FindAsync(request.Id, User.Id(), ct) is not { } hold)
        {
            await Send.ProblemAsync(HoldNotFound, ct);
            return;
        }

        var command = new CaptureHoldCommand(
            User.Id(), hold.Id, hold.From, hold.To, hold.Amount, request.Amount ?? hold.Amount,
            request.Reference ?? hold.Reference);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.CreatedAtAsync(
                "GetTransaction", new { answer.Id },
                new CaptureHoldResponse(
                    answer.Id, hold.From, hold.To, command.Amount, answer.Balance, answer.CreatedAt,
                    command.Reference, hold.Id),
                cancellation: ct)
            : Send.ProblemCodeAsync(answer.Outcome, ct));
    }
}
