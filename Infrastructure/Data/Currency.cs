namespace Bank.Infrastructure.Data;

/// <summary>
/// A currency: how many decimals its amounts have, and how large they may be. It converts money between the
/// minor units that the database keeps and the decimals of C# and JSON, which have exactly its decimals.
/// </summary>
/// <param name="Code">The code of ISO 4217; null for none.</param>
/// <param name="Number">The number of ISO 4217, which the database keeps; 0 for none.</param>
/// <param name="Decimals">The decimals of its amounts, 0 to 4.</param>
sealed record Currency(string? Code, short Number, int Decimals)
{
    /// <summary>
    /// The largest balance of a named currency in minor units: 15 digits, which every reader of JSON keeps.
    /// </summary>
    const long MaxNamedUnits = 999_999_999_999_999;

    /// <summary>The largest amount without a currency.</summary>
    const decimal MaxUnnamedAmount = 999_999_999_999.99m;

    /// <summary>A hundredth, in minor units.</summary>
    readonly decimal perHundredth = Decimals switch { 0 => 0.01m, 2 => 1m, 3 => 10m, _ => 100m };

    /// <summary>No currency: a unit of its own with two decimals.</summary>
    public static Currency None { get; } = new(null, 0, 2);

    /// <summary>The largest amount of one command.</summary>
    public decimal MaxAmount => Code is null ? MaxUnnamedAmount : FromMinorUnits(MaxNamedUnits);

    /// <summary>Whether an amount has no more decimals than the currency.</summary>
    public bool Fits(decimal amount) => decimal.Round(amount, Decimals) == amount;

    /// <summary>The minor units of an amount.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The amount has more decimals.</exception>
    /// <exception cref="OverflowException">The amount does not fit a bigint.</exception>
    public long ToMinorUnits(decimal amount) => Cents.FromDecimal(amount * perHundredth);

    /// <summary>The amount, with exactly the currency's decimals.</summary>
    public decimal FromMinorUnits(long units) => FromHundredths(Cents.ToDecimal(units));

    /// <summary>The amount of minor units that were read as hundredths.</summary>
    public decimal FromHundredths(decimal hundredths)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(hundredths, parts);

        return new decimal(parts[0], parts[1], parts[2], hundredths < 0, (byte)Decimals);
    }

    /// <summary>The same amount, written with exactly the currency's decimals.</summary>
    public decimal Write(decimal amount) => FromMinorUnits(ToMinorUnits(amount));
}
