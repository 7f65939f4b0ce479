namespace Bank.Infrastructure.Data;

/// <summary>
/// Says that the database is away: in one line a minute, however many notice, and in one that it is back.
/// </summary>
sealed partial class DatabaseOutageLog(TimeProvider time, ILogger<DatabaseOutageLog> log)
{
    static readonly TimeSpan SaidAgainAfter = TimeSpan.FromMinutes(1);

    readonly Lock gate = new();
    DateTimeOffset saidAt = DateTimeOffset.MinValue;
    bool isAway;

    /// <summary>Takes note that somebody could not reach it.</summary>
    public void Note(Exception cause)
    {
        lock (gate)
        {
            if (time.GetUtcNow() - saidAt < SaidAgainAfter)
                return;

            saidAt = time.GetUtcNow();
            isAway = true;
        }

        LogAway(cause.GetBaseException().Message);
    }

    /// <summary>Takes note that it answers.</summary>
    public void NoteBack()
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
