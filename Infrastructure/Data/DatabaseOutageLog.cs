namespace Bank.Infrastructure.Data;

/// <summary>
/// Logs an outage of the database: at most one line a minute, however many callers report it, and one line
/// when it is over.
/// </summary>
sealed partial class DatabaseOutageLog(TimeProvider time, ILogger<DatabaseOutageLog> log)
{
    static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    readonly Lock gate = new();
    DateTimeOffset loggedAt = DateTimeOffset.MinValue;
    bool isAway;

    public void ReportFailure(Exception cause)
    {
        lock (gate)
        {
            if (time.GetUtcNow() - loggedAt < Interval)
                return;

            loggedAt = time.GetUtcNow();
            isAway = true;
        }

        LogAway(cause.GetBaseException().Message);
    }

    public void ReportRecovery()
    {
        lock (gate)
        {
            if (!isAway)
                return;

            isAway = false;
        }

        LogBack();
    }

    [LoggerMessage(LogLevel.Warning, "The database is away: {Reason}")]
    partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "The database is back")]
    partial void LogBack();
}
