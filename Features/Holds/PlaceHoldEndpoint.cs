using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Holds;

/// <summary>Hold money</summary>
/// <remarks>
/// Sets money of one of the caller's accounts aside for another account, whose owner may capture or release
/// it until it expires. The balance stays; what is available shrinks.
/// </remarks>
sealed class PlaceHoldEndpoint(GroupCommitter ledger) : Endpoint<PlaceHoldRequest, HoldResponse>
{
    const int UsualInSeconds = 7 * 24 * 60 * 60;

    public override void Configure()
    {
        Post("/holds");
        Description(slice => slice.WithName("PlaceHold")
            .ProducesExample(Status201Created, Example(6, "held"), Example(7, "held"))
            .ProducesProblems(SourceNotFound, TargetNotFound, AccountClosed, InsufficientFunds)
            .ProducesPostingProblems(HoldProblems.HowToAsk(HoldProblems.SomeHold)));
        Summary(slice => slice.ExampleRequest = new PlaceHoldRequest(1, 2, 50.00m, 86_400, "Hotel"));
    }

    public override async Task HandleAsync(PlaceHoldRequest request, CancellationToken ct)
    {
        var command = new PlaceHoldCommand(
            User.Id(), request.From, request.To, request.Amount!.Value, request.ExpiresIn ?? UsualInSeconds,
            request.Reference);
        var answer = await ledger.PostAsync(HttpContext, command, request);

        await (answer.IsPosted
            ? Send.CreatedAtAsync(
                "GetHold", new { answer.Id },
                new HoldResponse(
                    answer.Id, request.From, request.To, command.Amount, "held",
                    answer.CreatedAt.AddSeconds(command.ExpiresIn), answer.CreatedAt, command.Reference),
                cancellation: ct)
            : Send.ProblemCodeAsync(answer.Outcome, ct));
    }

    /// <summary>The hold that was placed in a minute of the story that the examples tell.</summary>
    public static HoldResponse Example(int minute, string status) => new(
        Infrastructure.OpenApi.Example.TransactionAt(minute), 1, 2, 50.00m, status,
        Infrastructure.OpenApi.Example.At(minute).AddDays(1),
        Infrastructure.OpenApi.Example.At(minute), "Hotel");
}
