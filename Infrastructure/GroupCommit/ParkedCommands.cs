using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// The commands that wait for rows locked by other sessions, in one lane per row. The pause before a retry is
/// a quarter of the time that a command has waited, at most 250 ms. It is not thread-safe:
/// <see cref="CommandQueue"/> uses it under its lock.
/// </summary>
/// <remarks>
/// A row is suspect after a query waited for it instead of skipping it, or failed with it alone. Its commands
/// then go one by one, each in a group of its own, until one of them neither waited nor failed.
/// </remarks>
sealed class ParkedCommands(GroupCommitOptions options, TimeProvider time)
{
    const long MaxPauseMilliseconds = 250;

    /// <summary>The pause between two commands of a suspect row.</summary>
    const long SuspectPauseMilliseconds = 100;

    /// <summary>How long a row stays suspect while no command needs it.</summary>
    const long SuspicionMilliseconds = 10_000;

    readonly Dictionary<LockedRow, Lane> lanes = [];

    /// <summary>How many commands wait.</summary>
    public int Count => lanes.Values.Sum(lane => lane.Count);

    /// <summary>How many commands were ever parked.</summary>
    public long Total { get; private set; }

    /// <summary>The milliseconds until the first command is due; null if none waits.</summary>
    public long? NextDue =>
        lanes.Values.Where(lane => lane.Count > 0).Min(lane => (long?)lane.DueAt) is { } due
            ? Math.Max(1, due - NowMilliseconds)
            : null;

    long NowMilliseconds => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Adds a command; refuses it when too many wait for its row already.</summary>
    public void Add(PendingCommand command, LockedRow row) => Add(command, LaneOf(row));

    /// <summary>Adds a command whose query waited for a lock.</summary>
    /// <param name="command">The command.</param>
    /// <param name="rows">The rows of which one may be locked; they become suspect.</param>
    public void AddSuspect(PendingCommand command, IReadOnlyList<LockedRow> rows)
    {
        foreach (var row in rows)
            LaneOf(row).IsSuspect = true;

        Add(command, LaneOf(rows[0]));
    }

    /// <summary>Makes the rows of a command that failed suspect.</summary>
    public void Suspect(IEnumerable<LockedRow> rows)
    {
        foreach (var lane in rows.Select(LaneOf).Where(lane => !lane.IsSuspect))
        {
            lane.IsSuspect = true;
            lane.DueAt = NowMilliseconds;
        }
    }

    /// <summary>Adds a new command to the lane of one of its rows, if one has a lane.</summary>
    public bool TryAdd(PendingCommand command)
    {
        if (lanes.Count > 0)
        {
            foreach (var row in command.Rows)
            {
                if (lanes.TryGetValue(row, out var lane))
                {
                    Add(command, lane);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Ends the suspicion of the rows of a command whose query neither waited nor failed.</summary>
    public void Trust(PendingCommand command)
    {
        foreach (var row in command.Rows)
        {
            if (lanes.TryGetValue(row, out var lane) && lane.IsSuspect)
            {
                lane.IsSuspect = false;
                lane.DueAt = 0;
                RemoveIfDone(row, lane);
            }
        }
    }

    /// <summary>Whether a command of a kind has waited for over a second.</summary>
    public bool HasWaitedLong(IMoneyQuery query)
    {
        var since = NowMilliseconds - 1000;

        return lanes.Values.Any(
            lane => lane.Commands.Any(command => command.Query == query && command.ParkedAt <= since));
    }

    /// <summary>
    /// Fills a group with due commands of its kind, up to a size. The one that was parked first goes first: a
    /// batch needs many rows at once, and many tries. Commands of bulks go last.
    /// </summary>
    public void MoveTo(List<PendingCommand> group, IMoneyQuery query, int size)
    {
        if (lanes.Count == 0 || group.Count >= size)
            return;

        var now = NowMilliseconds;
        var due = lanes.Where(lane => !lane.Value.IsSuspect && lane.Value.DueAt <= now).ToArray();
        var first = due.SelectMany(lane => lane.Value.Commands)
            .Where(command => command.Query == query)
            .OrderBy(command => command.Set.IsBulk).ThenBy(command => command.ParkedAt)
            .Take(size - group.Count).ToHashSet();

        foreach (var (row, lane) in due)
        {
            lane.MoveTo(group, size, first.Contains);
            RemoveIfDone(row, lane);
        }
    }

    /// <summary>Takes a command of a suspect row that is due.</summary>
    public PendingCommand? TakeSuspect(IMoneyQuery query)
    {
        if (lanes.Count == 0)
            return null;

        var now = NowMilliseconds;
        var taken = new List<PendingCommand>(1);

        foreach (var lane in lanes.Values.Where(lane => lane.IsSuspect && lane.DueAt <= now))
        {
            lane.MoveTo(taken, 1, command => command.Query == query);

            if (taken is [var suspect])
            {
                suspect.IsSuspect = true;
                lane.DueAt = now + SuspectPauseMilliseconds;
                return suspect;
            }
        }

        return null;
    }

    /// <summary>Moves the commands that match into a list.</summary>
    public void MoveTo(List<PendingCommand> list, Predicate<PendingCommand> match)
    {
        foreach (var (row, lane) in lanes)
        {
            lane.MoveTo(list, int.MaxValue, match);
            RemoveIfDone(row, lane);
        }
    }

    void Add(PendingCommand command, Lane lane)
    {
        // The commands of bulks are bounded when they arrive.
        if (!command.Set.IsBulk && lane.SingleCount >= options.ParkedPerAccount)
        {
            command.Refuse(LedgerProblems.AccountBusy);
            return;
        }

        var now = NowMilliseconds;
        Total += command.ParkedAt is null ? 1 : 0;
        command.IsSuspect = false;
        command.ParkedAt ??= now;
        lane.Add(command);
        lane.DueAt = Math.Max(
            lane.DueAt, now + Math.Clamp((now - command.ParkedAt.Value) / 4, 1, MaxPauseMilliseconds));
    }

    Lane LaneOf(LockedRow row)
    {
        if (!lanes.TryGetValue(row, out var lane))
            lanes.Add(row, lane = new Lane());

        return lane;
    }

    void RemoveIfDone(LockedRow row, Lane lane)
    {
        if (lane.Count == 0
            && !(lane.IsSuspect && NowMilliseconds < lane.DueAt + SuspicionMilliseconds))
            lanes.Remove(row);
    }
}
