using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>
/// A request to move money: a deposit comes from nowhere, a withdrawal goes to nowhere, and a refund names what
/// it sends back.
/// </summary>
sealed record Movement(long? From, long? To, decimal Amount, string? Key, Guid? Original = null)
{
    /// <summary>By how much it changes what the bank holds.</summary>
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
