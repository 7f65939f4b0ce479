namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Settles commands whose connection was lost in the middle of their statement: ends the session that may
/// still run it, and then looks for what landed.
/// </summary>
sealed partial class Recovery(LedgerSessions sessions, ILogger<Recovery> log) : IDisposable
{
    static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(100);

    volatile bool isStopped;

    /// <summary>
    /// Answers those that landed. It goes on until the lost session has ended, also when no caller is left to
    /// be told, unless the process stops; those that are not answered then never landed.
    /// </summary>
    /// <param name="lost">The commands.</param>
    /// <param name="processId">That of the lost session on the server; 0 where none was lost.</param>
    public async Task SettleAsync(Pending[] lost, int processId)
    {
        while (!isStopped && !await TrySettleAsync(lost, processId))
            await Task.Delay(RetryEvery);
    }

    public void Dispose() => isStopped = true;

    /// <summary>Finds out what landed; false when the database does not answer yet.</summary>
    async Task<bool> TrySettleAsync(Pending[] lost, int processId)
    {
        try
        {
            await using var session = sessions.Begin();

            foreach (var landed in await LandedQuery.FindAsync(session.Db, processId, lost))
                lost[landed.Ordinal - 1].Resolve(landed);

            return true;
        }
        catch (Exception away)
        {
            LogAway(away, lost.Length);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Debug, "Cannot tell yet what became of {Count} commands")]
    partial void LogAway(Exception away, int count);
}
