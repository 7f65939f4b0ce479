namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Says within this process which accounts were just posted to, after the commit. It is a hint for who wants to
/// look soon: of what other instances post it says nothing, nor of what landed on a connection that was lost.
/// </summary>
sealed class PostedAccounts
{
    /// <summary>
    /// Told each account as often as it is posted to, where those who post wait for its return: it may take note
    /// and no more.
    /// </summary>
    public event Action<long>? Posted;

    /// <summary>Tells of the commands that a statement posted.</summary>
    public void Tell(Pending[] batch, Decision[] decisions)
    {
        if (Posted is not { } tell)
            return;

        foreach (var decision in decisions)
        {
            if (decision.IsRepeat || decision.Outcome is not Decision.Posted)
                continue;

            var command = batch[decision.Ordinal - 1].Command;

            if (command.From is { } from)
                tell(from);

            if (command.To is { } to)
                tell(to);
        }
    }
}
