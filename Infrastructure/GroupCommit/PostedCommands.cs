using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Publishes within this process which commands were just posted, after their commit. It is a hint to look
/// soon: it knows neither what other instances posted nor what committed on a connection that was lost.
/// </summary>
sealed class PostedCommands
{
    /// <summary>
    /// Raised for each command. The next query waits until the handler returns, so it may schedule work but
    /// do none.
    /// </summary>
    public event Action<MoneyCommand>? Posted;

    /// <summary>Publishes the commands of a group that were posted.</summary>
    public void Publish(PendingCommand[] group, PostingRow[] rows)
    {
        if (Posted is not { } publish)
            return;

        foreach (var row in rows)
        {
            if (row is { IsReplay: false, Outcome: PostingRow.Posted })
                publish(group[row.Ordinal - 1].Command);
        }
    }
}
