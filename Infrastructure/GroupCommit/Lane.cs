using System.Diagnostics.CodeAnalysis;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Commands that wait in the order in which they came, of one kind or for one locked row. It is not
/// thread-safe: <see cref="CommandQueue"/> uses it under its lock.
/// </summary>
/// <param name="isForNew">Whether its commands were never sent.</param>
sealed class Lane(bool isForNew = false)
{
    readonly Queue<PendingCommand> commands = new();

    public bool IsForNew => isForNew;

    public int Count => commands.Count;

    /// <summary>How many of its commands did not come in a bulk.</summary>
    public int SingleCount { get; private set; }

    /// <summary>How many transactions its commands post.</summary>
    public int Transactions { get; private set; }

    /// <summary>For a locked row: when its commands are tried again, in milliseconds.</summary>
    public long DueAt { get; set; }

    /// <summary>
    /// For a locked row: whether a query waited for it instead of skipping it, or failed with it. Its
    /// commands then go one by one and in the background, until one of them neither waited nor failed.
    /// </summary>
    public bool IsSuspect { get; set; }

    /// <summary>The commands, the first one first.</summary>
    public IEnumerable<PendingCommand> Commands => commands;

    public void Add(PendingCommand command)
    {
        commands.Enqueue(command);
        SingleCount += command.Set.IsBulk ? 0 : 1;
        Transactions += command.Command.TransactionCount;
    }

    public bool TryTake([NotNullWhen(true)] out PendingCommand? command)
    {
        if (!commands.TryDequeue(out command))
            return false;

        SingleCount -= command.Set.IsBulk ? 0 : 1;
        Transactions -= command.Command.TransactionCount;
        return true;
    }

    /// <summary>
    /// Moves the commands that match into a list, up to its size; the others keep their order.
    /// </summary>
    public void MoveTo(List<PendingCommand> list, int size, Predicate<PendingCommand> match)
    {
        for (var count = Count; count > 0 && TryTake(out var command); count--)
        {
            if (list.Count < size && match(command))
                list.Add(command);
            else
                Add(command);
        }
    }
}
