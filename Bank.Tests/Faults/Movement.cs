using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>
/// A request to move money. A deposit has no source, a withdrawal has no target, and a refund names its
/// original transaction.
/// </summary>
sealed record Movement(long? From, long? To, decimal Amount, string? Key, Guid? Original = null)
{
    /// <summary>The change of the bank's total balance.</summary>
    public decimal Change => (To is null ? 0 : Amount) - (From is null ? 0 : Amount);

    public async Task<Reply> SendAsync(Customer customer)
    {
        using var response = await (this switch
        {
            { Original: { } original } => customer.RefundAsync(original, Amount, Key),
            { From: { } from, To: { } to } => customer.TransferAsync(from, to, Amount, Key),
            { From: { } from } => customer.WithdrawAsync(from, Amount, Key),
            _ => customer.DepositAsync(To!.Value, Amount, Key),
        });

        return await Reply.ReadAsync(response);
    }
}
