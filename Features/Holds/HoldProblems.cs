using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Problems;

namespace Bank.Features.Holds;

/// <summary>The problems of holds.</summary>
static class HoldProblems
{
    /// <summary>A hold for examples.</summary>
    public static Guid SomeHold { get; } = new("01980a4e-7c1b-7d3a-9f60-2b8c5d1e4f74");

    public static Problem HoldNotFound { get; } = new(
        Status404NotFound, "hold_not_found", "Hold not found",
        "There is no such hold, or you may not do this with it.");

    public static Problem HoldNotOpen { get; } = new(
        Status400BadRequest, "hold_not_open", "Hold not open",
        "The hold was captured or released, or has expired. Nothing was changed.");

    public static Problem CaptureExceedsHold { get; } = new(
        Status400BadRequest, "capture_exceeds_hold", "Capture exceeds hold",
        "The amount exceeds the held amount. Nothing was moved.");

    /// <summary>The database did not confirm a hold in time.</summary>
    public static Problem OutcomeUnknown(Guid holdId) => LedgerProblems.OutcomeUnknown(OutcomeHint(holdId));

    /// <summary>How to find out whether a hold was placed.</summary>
    public static string OutcomeHint(Guid holdId) =>
        $"GET /holds/{holdId} answers 503 until that is known, then 200 if it was placed and "
        + "404 if it was not.";

    /// <summary>How to find out whether a hold was released.</summary>
    public static string ReleaseHint(Guid holdId) =>
        $"GET /holds/{holdId} shows the hold as released once that is known, if it was.";
}
