namespace Bank.Infrastructure.Ledger;

/// <summary>What is asked of the ledger: money that leaves an account, reaches one, or both.</summary>
/// <param name="callerId">The id of the user who asks.</param>
/// <param name="from">The account that pays; null where the money comes from outside.</param>
/// <param name="to">The account that receives; null where the money goes outside.</param>
/// <param name="amount">What moves, in units of the currency with at most two decimals.</param>
/// <param name="reference">What it is for, in the words of whoever asks; null without any.</param>
abstract class MoneyCommand(
    long callerId, long? from, long? to, decimal amount, string? reference = null)
{
    public long CallerId { get; } = callerId;

    public long? From { get; } = from;

    public long? To { get; } = to;

    public decimal Amount { get; } = amount;

    public string? Reference { get; } = reference;
}
