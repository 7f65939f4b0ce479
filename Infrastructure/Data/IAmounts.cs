namespace Bank.Infrastructure.Data;

/// <summary>
/// A row with amounts of one currency. <see cref="BankDb"/> reads them as hundredths and then converts them.
/// </summary>
interface IAmounts
{
    /// <summary>The code of their currency; null for none, whose minor unit is a hundredth.</summary>
    string? Currency { get; }

    /// <summary>The same row with each amount converted.</summary>
    object Convert(Func<decimal, decimal> convert);
}
