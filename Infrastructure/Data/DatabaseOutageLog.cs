namespace Bank.Infrastructure.Data;

/// <summary>
/// Logs an outage of the database: at most one line a minute, however many callers report it, and one line
/// when it is over.
/// </summary>
sealed partial class DatabaseOutageLog(TimeProvider time, ILogger<DatabaseOutageLog> log)
{
    readonly LogThrottle throttle = new(time, TimeSpan.FromMinutes(1));
    bool isAway;

    public void ReportFailure(Exception cause)
    {
        if (!throttle.TryPass(out _))
            return;

        Volatile.Write(ref isAway, true);
        LogAway(cause.GetBaseException().Message);
    }

    public void ReportRecovery()
    {
        if (Interlocked.Exchange(ref isAway, false))
            LogBack();
    }

    [LoggerMessage(20, LogLevel.Warning, "The database is away: {Reason}")]
    partial void LogAway(string reason);

    [LoggerMessage(21, LogLevel.Information, "The database is back")]
    partial void LogBack();
}
