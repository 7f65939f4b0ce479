using Bank.Infrastructure.Problems;

namespace Bank.Features.Refunds;

/// <summary>What only the slices of refunds refuse.</summary>
static class RefundProblems
{
    public static Problem NotRefundable { get; } = new(
        Status400BadRequest, "not_refundable", "Not refundable",
        "Only money that came from another account, and not as a refund, can be sent back, by whoever received "
        + "it; nothing was moved.");

    public static Problem RefundExceedsRest { get; } = new(
        Status400BadRequest, "refund_exceeds_rest", "Refund exceeds rest",
        "The amount is more than what is left of the transaction, or nothing is left of it; nothing was "
        + "moved.");
}
