namespace Bank.Infrastructure.Data;

/// <summary>
/// Money as the database keeps it, in whole cents; the one place that converts it. In C# and in JSON it is a
/// decimal, in units of the currency.
/// </summary>
static class Cents
{
    /// <summary>The cents of an amount.</summary>
    /// <param name="amount">In units of the currency; more than two decimals are a mistake of the caller.</param>
    /// <exception cref="ArgumentOutOfRangeException">The amount has a fraction of a cent.</exception>
    /// <exception cref="OverflowException">The amount is beyond what a bigint holds.</exception>
    public static long Of(decimal amount)
    {
        var cents = amount * 100;

        return decimal.IsInteger(cents)
            ? decimal.ToInt64(cents)
            : throw new ArgumentOutOfRangeException(nameof(amount), amount, "A cent has no fractions.");
    }

    /// <summary>The amount that so many cents are, with its two decimals.</summary>
    public static decimal ToAmount(long cents)
    {
        var magnitude = cents < 0 ? (ulong)-cents : (ulong)cents;

        return new decimal((int)magnitude, (int)(magnitude >> 32), 0, cents < 0, scale: 2);
    }
}
