namespace Bank.Infrastructure.Connections;

/// <summary>Decides which of several hosts is the primary, by what each reports.</summary>
sealed class PrimaryChoice
{
    /// <summary>The highest timeline that any host ever reported.</summary>
    public uint Highest { get; private set; }

    /// <summary>
    /// The host to serve from. A current host that does not answer is kept until another host reports that it
    /// is the primary, since it may have been too busy to answer.
    /// </summary>
    /// <param name="reports">The latest report of each host.</param>
    /// <param name="current">The host that is served from; null if there is none.</param>
    public int? Choose(IReadOnlyList<HostReport> reports, int? current)
    {
        Highest = Math.Max(Highest, reports.Max(report => report.Timeline ?? 0));
        var primaries = Enumerable.Range(0, reports.Count)
            .Where(index => reports[index].Timeline is { } timeline && timeline == Highest).ToArray();

        return current is { } kept
            && (primaries.Contains(kept) || (primaries is [] && !reports[kept].Answers))
            ? kept
            : primaries is [var first, ..] ? first : null;
    }

    /// <summary>What a host reported when it was last probed.</summary>
    /// <param name="Answers">Whether it answered in time.</param>
    /// <param name="Timeline">
    /// The timeline of a primary, which grows by one with every promotion; null for a standby. Of two
    /// primaries the one on the lower timeline was replaced and does not know it.
    /// </param>
    public readonly record struct HostReport(bool Answers, uint? Timeline)
    {
        public static HostReport Unreachable { get; }

        public bool IsStandby => Answers && Timeline is null;
    }
}
