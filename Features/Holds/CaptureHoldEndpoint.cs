using Bank.Infrastructure.Auth;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.OpenApi;
using FastEndpoints;
using static Bank.Features.Holds.HoldProblems;
using static Bank.Infrastructure.Ledger.LedgerProblems;

namespace Bank.Features.Holds;

/// <summary>Capture a hold</summary>
/// <remarks>
/// Moves the held amount, or a part of it, to the payee. Only the payee may capture a hold. The rest is free
/// at once.
/// </remarks>
sealed class CaptureHoldEndpoint(GroupCommitter ledger, GetHoldQuery holds)
    : Endpoint<CaptureHoldRequest, Transaction>
{
    public override void Configure()
    {
        Post("/holds/{id}/capture");
        Description(slice => slice.WithName("CaptureHold")
            .ProducesExample(Status201Created, Example.Capture)
            .ProducesProblems(
                HoldNotFound, HoldNotOpen, CurrencyMismatch, CaptureExceedsHold, AccountClosed,
                BalanceLimitExceeded)
            .ProducesPostingProblems());
        Summary(slice => slice.ExampleRequest =
            new CaptureHoldRequest(Example.TransactionAt(6), 40.00m, "One night", Example.Currency));
    }

    public override async Task HandleAsync(CaptureHoldRequest request, CancellationToken ct)
    {
        // The accounts of a hold never change; whether it is still open is for the query to decide.
        var hold = await HttpContext.WaitForDatabaseAsync(
            () => holds.FindAsync(request.Id, User.Id(), ct), ct);

        await (hold is not null
            ? Send.PostAndSendAsync(
                ledger, CaptureHoldQuery.Command(User.Id(), hold, request), fingerprintOf: request, ct)
            : Send.ProblemAsync(HoldNotFound, ct));
    }
}
