using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Says within this process what was just posted, after the commit. It is a hint for who wants to look soon:
/// of what other instances post it says nothing, nor of what landed on a connection that was lost.
/// </summary>
sealed class PostedCommands
{
    /// <summary>
    /// Told of each command, where the next statement waits for its return: it may take note and no more.
    /// </summary>
    public event Action<MoneyCommand>? Posted;

    /// <summary>Tells of the commands that a statement posted.</summary>
    public void Tell(PendingCommand[] batch, PostingRow[] decisions)
    {
        if (Posted is not { } tell)
            return;

        foreach (var decision in decisions)
        {
            if (decision is { IsRepeat: false, Outcome: PostingRow.Posted })
                tell(batch[decision.Ordinal - 1].Command);
        }
    }
}
