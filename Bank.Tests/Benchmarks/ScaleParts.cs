namespace Bank.Benchmarks;

/// <summary>Which parts of <see cref="ScaleBenchmark"/> run.</summary>
/// <param name="Directory">Where the ledgers are kept; null for ledgers that are filled and removed.</param>
/// <param name="FillsOnly">Whether nothing is measured.</param>
/// <param name="HasSmall">Whether the small ledger takes part.</param>
/// <param name="HasLarge">Whether the large ledger takes part.</param>
/// <param name="Settings">Settings of PostgreSQL to try, such as <c>wal_compression=off</c>.</param>
sealed record ScaleParts(
    string? Directory, bool FillsOnly, bool HasSmall, bool HasLarge, string[] Settings)
{
    const string InDirectory = "directory=";

    /// <exception cref="ArgumentException">A word is none of them; the message has all of them.</exception>
    public static ScaleParts Parse(string[] words)
    {
        var settings = words.Where(word => word.Contains('=')).ToList();
        var directory = settings.Find(word => word.StartsWith(InDirectory, StringComparison.Ordinal));
        var unknown = words.Except(settings).Except(["fill", "small", "large"]).ToList();

        if (unknown.Count > 0)
            throw new ArgumentException(
                $"'{unknown[0]}' is no part of scale: directory=DIRECTORY, fill, small, large, and settings "
                + "of PostgreSQL such as wal_compression=off.");

        if (words.Contains("fill") && directory is null)
            throw new ArgumentException("'fill' needs directory=DIRECTORY, which keeps what it fills.");

        return new ScaleParts(
            directory?[InDirectory.Length..], words.Contains("fill"), !words.Contains("large"),
            !words.Contains("small"), [.. settings.Where(setting => setting != directory)]);
    }
}
