using System.Collections.Concurrent;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// The commands of this process that were taken from the queue and whose outcome is not known yet: a query
/// with them is in flight, or its connection was lost and they are being looked up.
/// </summary>
sealed class TakenCommands
{
    /// <summary>
    /// A query in flight at the deadline usually completes within milliseconds, so wait a short grace period
    /// before answering <c>outcome_unknown</c>.
    /// </summary>
    static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    readonly ConcurrentDictionary<Registration, PendingCommand[]> groups = new();

    IEnumerable<PendingCommand> Commands => groups.Values.SelectMany(commands => commands);

    /// <summary>Counts commands as taken until disposal.</summary>
    public Registration Add(PendingCommand[] commands)
    {
        var registration = new Registration(this);
        groups.TryAdd(registration, commands);

        return registration;
    }

    /// <summary>The commands whose time is over, and the grace period with it.</summary>
    public IEnumerable<PendingCommand> Overdue() =>
        Commands.Where(command => command.Set.IsOverdue(Grace) && !command.IsCompleted);

    /// <summary>Whether it is not known yet if a transaction was posted.</summary>
    public bool Contains(Guid transactionId) => Commands.Any(command => command.Contains(transactionId));

    /// <summary>
    /// The id under which to ask for the outcome of a command: of all taken commands with the same key, the
    /// first one's.
    /// </summary>
    public Guid FirstIdOf(PendingCommand command) => command.Key is not { } key ? command.Id
        : Commands
            .Where(other => other.Key is { } its && its.Key == key.Key && its.UserId == key.UserId)
            .Append(command)
            .MinBy(other => other.Set.ArrivedAt)!.Id;

    /// <summary>Counts the commands until disposal.</summary>
    public sealed class Registration(TakenCommands taken) : IDisposable
    {
        public void Dispose() => taken.groups.TryRemove(this, out _);
    }
}
