using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>A request to move money: a deposit comes from nowhere, a withdrawal goes to nowhere.</summary>
sealed record Movement(long? From, long? To, decimal Amount, string? Key)
{
    /// <summary>By how much it changes what the bank holds.</summary>
    public decimal Change => (To is null ? 0 : Amount) - (From is null ? 0 : Amount);

    public async Task<Reply> SendAsync(Customer customer)
    {
        using var response = await (this switch
        {
            { From: { } from, To: { } to } => customer.TransferAsync(from, to, Amount, Key),
            { From: { } from } => customer.WithdrawAsync(from, Amount, Key),
            _ => customer.DepositAsync(To!.Value, Amount, Key),
        });

        return await Reply.ReadAsync(response);
    }
}
