using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Features.Holds;

/// <summary>What only the slices of holds refuse.</summary>
static class HoldProblems
{
    /// <summary>A hold that an example may name.</summary>
    public static Guid SomeHold { get; } = new("01980a4e-7c1b-7d3a-9f60-2b8c5d1e4f74");

    public static Problem HoldNotFound { get; } = new(
        Status404NotFound, "hold_not_found", "Hold not found",
        "There is no hold with this id that you may do this with.");

    public static Problem HoldNotOpen { get; } = new(
        Status400BadRequest, "hold_not_open", "Hold not open",
        "The hold was captured or released, or it has expired; nothing was changed.");

    public static Problem CaptureExceedsHold { get; } = new(
        Status400BadRequest, "capture_exceeds_hold", "Capture exceeds hold",
        "The amount is more than what the hold set aside; nothing was moved.");

    /// <summary>A hold was asked for, and the database did not say in time what became of it.</summary>
    public static Problem OutcomeUnknown(Guid holdId) => LedgerProblems.OutcomeUnknown(HowToAsk(holdId));

    /// <summary>How to find out what became of a hold that was asked for.</summary>
    public static string HowToAsk(Guid holdId) =>
        $"GET /holds/{holdId} answers 503 for as long as that is not known, then 200 if it was placed and "
        + "404 if it was not.";

    /// <summary>How to find out whether a hold was released.</summary>
    public static string HowToAskOfRelease(Guid holdId) =>
        $"GET /holds/{holdId} shows the hold as released once that is known, if it was.";
}
