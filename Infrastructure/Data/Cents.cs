namespace Bank.Infrastructure.Data;

/// <summary>
/// Converts money without a currency between whole cents, as the database keeps it, and decimals, as C# and
/// JSON use it. <see cref="Currency"/> does the same for every currency, by moving the point.
/// </summary>
static class Cents
{
    /// <summary>The cents of an amount.</summary>
    /// <param name="amount">In units of the currency; more than two decimals are a bug of the caller.</param>
    /// <exception cref="ArgumentOutOfRangeException">The amount has a fraction of a cent.</exception>
    /// <exception cref="OverflowException">The amount does not fit a bigint.</exception>
    public static long FromDecimal(decimal amount)
    {
        var cents = amount * 100;

        return decimal.IsInteger(cents)
            ? decimal.ToInt64(cents)
            : throw new ArgumentOutOfRangeException(nameof(amount), amount, "A cent has no fractions.");
    }

    /// <summary>The amount, with its two decimals.</summary>
    public static decimal ToDecimal(long cents)
    {
        var magnitude = cents < 0 ? (ulong)-cents : (ulong)cents;

        return new decimal((int)magnitude, (int)(magnitude >> 32), 0, cents < 0, scale: 2);
    }
}
