namespace Bank.Infrastructure.Connections;

/// <summary>What a host said of itself when it was last asked.</summary>
/// <param name="Answers">Whether it said anything in time.</param>
/// <param name="Timeline">
/// That of a primary, which grows by one with every promotion; null for a standby. Of two primaries the one
/// with the lower was replaced and does not know it.
/// </param>
readonly record struct HostReport(bool Answers, uint? Timeline)
{
    public static HostReport Away { get; }

    public bool IsStandby => Answers && Timeline is null;
}
