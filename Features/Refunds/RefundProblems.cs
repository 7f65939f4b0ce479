using Bank.Infrastructure.Problems;

namespace Bank.Features.Refunds;

/// <summary>The problems of refunds.</summary>
static class RefundProblems
{
    public static Problem NotRefundable { get; } = new(
        Status400BadRequest, "not_refundable", "Not refundable",
        "Only the payee can refund, and only a transfer or a captured hold. Nothing was moved.");

    public static Problem RefundExceedsRest { get; } = new(
        Status400BadRequest, "refund_exceeds_rest", "Refund exceeds rest",
        "The amount exceeds what is left to refund of the transaction. Nothing was moved.");
}
