using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Logs accounts that are ahead of the database's clock, and a database's clock that differs from this
/// host's: each at most once a minute. A posting costs a comparison. Only one whose time differs from what is
/// known of the clocks makes it read the database's clock, at most once a second.
/// </summary>
sealed partial class ClockLog(ConnectionPools pools, TimeProvider time, ILogger<ClockLog> log)
{
    const string Sql = "SELECT clock_timestamp()";

    static readonly TimeSpan MaxDifference = TimeSpan.FromMinutes(1);

    readonly LogThrottle checks = new(time, TimeSpan.FromSeconds(1));
    readonly LogThrottle ahead = new(time, TimeSpan.FromMinutes(1));
    readonly LogThrottle different = new(time, TimeSpan.FromMinutes(1));

    /// <summary>By how many ticks the database's clock is ahead of this host's, as last read.</summary>
    long difference;

    /// <summary>Checks the times of the commands of a group that were posted.</summary>
    public void Check(PendingCommand[] group, PostingRow[] rows)
    {
        var now = Now + TimeSpan.FromTicks(Volatile.Read(ref difference));

        foreach (var row in rows)
        {
            if (row is { IsReplay: false, Outcome: PostingRow.Posted, CreatedAt: { } at }
                && (at - now).Duration() > MaxDifference)
            {
                if (checks.TryPass(out _))
                    _ = CheckAsync(group[row.Ordinal - 1].Command, at);

                return;
            }
        }
    }

    DateTimeOffset Now => time.GetUtcNow();

    async Task CheckAsync(MoneyCommand command, DateTimeOffset at)
    {
        try
        {
            await using var query = pools.General.CreateCommand(Sql);
            DateTimeOffset now = (DateTime)(await query.ExecuteScalarAsync())!;
            LogDifference(now - Now);

            if (at - now > MaxDifference && ahead.TryPass(out _))
                LogAhead(string.Join(", ", command.AccountIds.Distinct().Take(4)), at, Seconds(at - now));
        }
        catch (Exception away)
        {
            LogAway(away.Message);
        }
    }

    void LogDifference(TimeSpan found)
    {
        Volatile.Write(ref difference, found.Ticks);

        if (found.Duration() > MaxDifference && different.TryPass(out _))
            LogDifferent(found > TimeSpan.Zero ? "ahead of" : "behind", Seconds(found.Duration()));
    }

    static TimeSpan Seconds(TimeSpan span) => TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));

    [LoggerMessage(
        46, LogLevel.Warning,
        "A transaction of the accounts {Ids} is at {At:O}, {Ahead} ahead of the database's clock, which "
        + "was set back. Their later transactions follow it, and so do the accounts that these share. "
        + "`verify` lists all such accounts; the section Clocks of docs/running.md corrects them")]
    partial void LogAhead(string ids, DateTimeOffset at, TimeSpan ahead);

    [LoggerMessage(
        47, LogLevel.Warning,
        "The database's clock is {Direction} this host's by {Difference}. Times in the ledger are the "
        + "database's. Set the clock that is wrong")]
    partial void LogDifferent(string direction, TimeSpan difference);

    [LoggerMessage(48, LogLevel.Debug, "Could not read the database's clock: {Reason}")]
    partial void LogAway(string reason);
}
