namespace Bank.Infrastructure.Connections;

/// <summary>Which of several hosts is the primary, by what each says of itself.</summary>
sealed class PrimaryChoice
{
    /// <summary>The highest timeline that any of them ever said to be on.</summary>
    public uint Highest { get; private set; }

    /// <summary>
    /// The host to serve from. One that is served from and does not answer is kept until another says that it
    /// is the primary, since it may have been too busy to answer.
    /// </summary>
    /// <param name="reports">What they said.</param>
    /// <param name="current">The one that is served from; null if there is none.</param>
    public int? Choose(IReadOnlyList<HostReport> reports, int? current)
    {
        Highest = Math.Max(Highest, reports.Max(report => report.Timeline ?? 0));
        var primaries = Enumerable.Range(0, reports.Count)
            .Where(index => reports[index].Timeline is { } timeline && timeline == Highest).ToArray();

        return current is { } kept && (primaries.Contains(kept) || (primaries is [] && !reports[kept].Answers))
            ? kept
            : primaries is [var first, ..] ? first : null;
    }
}
