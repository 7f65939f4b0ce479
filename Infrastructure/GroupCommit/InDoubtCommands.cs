using System.Collections.Concurrent;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// The commands of this process that left their queue and whose outcome is not known yet: a statement is on
/// its way with them, or it was lost and they are being looked for.
/// </summary>
sealed class InDoubtCommands
{
    readonly ConcurrentDictionary<Watch, PendingCommand[]> watched = new();

    /// <summary>Counts commands as unsettled until disposal.</summary>
    public Watch Add(PendingCommand[] commands)
    {
        var watch = new Watch(this);
        watched.TryAdd(watch, commands);

        return watch;
    }

    /// <summary>
    /// A statement that is on its way when the time of its commands ends mostly answers in a moment: it is worth
    /// waiting for, since all that could be said before is that nothing is known.
    /// </summary>
    static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    /// <summary>Those that are not answered although their time is over, and a moment more.</summary>
    public IEnumerable<PendingCommand> Overdue() => watched.Values.SelectMany(commands => commands)
        .Where(pending => pending.IsOverdueFor(Grace) && !pending.IsAnswered);

    /// <summary>Whether it is not known yet if a transaction was posted.</summary>
    public bool Contains(Guid transactionId) => watched.Values.SelectMany(commands => commands)
        .Any(pending => pending.Owns(transactionId));

    /// <summary>
    /// The id of the transaction that a command asks for: of all that have its key, the first one's.
    /// </summary>
    public Guid IdOfFirst(PendingCommand command) => command.Key is not { } key ? command.Id
        : watched.Values.SelectMany(commands => commands)
            .Where(other => other.Key is { } theirs && theirs.Key == key.Key && theirs.UserId == key.UserId)
            .Select(other => other.Id).Append(command.Id)
            .Min();

    /// <summary>Ends the count of what it was added with.</summary>
    public sealed class Watch(InDoubtCommands unsettled) : IDisposable
    {
        public void Dispose() => unsettled.watched.TryRemove(this, out _);
    }
}
