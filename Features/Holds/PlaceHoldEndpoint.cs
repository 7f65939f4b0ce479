using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using FastEndpoints;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Holds;

/// <summary>Place a hold</summary>
/// <remarks>
/// Sets money of one of the caller's accounts aside for another account, whose owner may capture or release
/// it until it expires. The balance stays the same; the available amount shrinks.
/// </remarks>
sealed class PlaceHoldEndpoint(GroupCommitter ledger) : Endpoint<PlaceHoldRequest, HoldResponse>
{
    /// <summary>Seven days, in seconds.</summary>
    const int DefaultExpiry = 7 * 24 * 60 * 60;

    public override void Configure()
    {
        Post("/holds");
        Description(slice => slice.WithName("PlaceHold")
            .ProducesExample(Status201Created, Example(6, "held"), Example(7, "held"))
            .ProducesProblems(
                SourceNotFound, TargetNotFound, AccountClosed, CurrencyMismatch, InsufficientFunds)
            .ProducesPostingProblems(HoldProblems.OutcomeHint(HoldProblems.SomeHold)));
        Summary(slice => slice.ExampleRequest = new PlaceHoldRequest(
            1, 2, 50.00m, 86_400, "Hotel", Infrastructure.OpenApi.Example.Currency));
    }

    public override Task HandleAsync(PlaceHoldRequest request, CancellationToken ct)
    {
        var expiresIn = request.ExpiresIn ?? DefaultExpiry;

        var command = PlaceHoldQuery.Command(User.Id(), request, expiresIn);

        return Send.PostAndSendAsync(
            ledger, command, fingerprintOf: request,
            result => Send.CreatedAsync(
                $"/holds/{result.Id}",
                new HoldResponse(
                    result.Id, request.From, request.To, command.Currency.Write(command.Amount),
                    request.Currency, "held",
                    result.CreatedAt.AddSeconds(expiresIn), result.CreatedAt, request.Reference),
                ct),
            ct);
    }

    /// <summary>The hold that the examples' story places at a minute.</summary>
    public static HoldResponse Example(int minute, string status) => new(
        Infrastructure.OpenApi.Example.TransactionAt(minute), 1, 2, 50.00m,
        Infrastructure.OpenApi.Example.Currency, status,
        Infrastructure.OpenApi.Example.At(minute).AddDays(1),
        Infrastructure.OpenApi.Example.At(minute), "Hotel");
}
