using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// The commands that wait to be posted, and the count of the senders that post them. All waiting commands are
/// concurrent, so any order of them is correct.
/// </summary>
/// <remarks>
/// A group is of one kind; the kinds take turns. Within a kind most commands go in the order of arrival. Two
/// lanes could hold up new commands and are limited. While new commands wait, retries get at most half of a
/// group. Parked commands get at most an eighth; where a group is one batch, they get half of the groups once
/// a batch was parked for a second. Commands of bulks get what single commands leave, at least a quarter of a
/// group, rounded down. Commands that need a row locked by another session are parked.
/// </remarks>
sealed class CommandQueue(GroupCommitOptions options, TimeProvider time)
{
    readonly Lock gate = new();
    readonly Dictionary<IMoneyQuery, Kind> kinds = [];
    readonly Queue<Kind> turns = new();
    readonly ParkedCommands parked = new(options, time);
    readonly QueriesInFlight inFlight = new(options, time);
    readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int bulkCommands;
    int senders;
    int openRequests;
    long? answeredAt;
    bool isClosed;

    /// <summary>How many commands wait in which lanes, and how many were ever parked.</summary>
    public (int Arrived, int Retries, int Parked, long TotalParked) Depths
    {
        get
        {
            lock (gate)
                return (
                    kinds.Values.Sum(kind => kind.Single.Count + kind.Bulk.Count),
                    kinds.Values.Sum(kind => kind.Retries.Count),
                    parked.Count, parked.Total);
        }
    }

    /// <summary>How many queries may be in flight now.</summary>
    public int AllowedQueries
    {
        get
        {
            lock (gate)
                return inFlight.Allowed;
        }
    }

    /// <summary>Adds a single command; false when the queue is full or closed.</summary>
    /// <param name="command">The command.</param>
    /// <param name="mustSend">Whether the caller has to start a sender.</param>
    public bool TryAdd(PendingCommand command, out bool mustSend)
    {
        lock (gate)
        {
            mustSend = false;

            if (isClosed || !HasRoomFor(command.Command.TransactionCount))
                return false;

            KindOf(command).Single.Add(command);
            openRequests++;
            mustSend = TryStartSender();

            return true;
        }
    }

    /// <summary>
    /// Reserves room for a bulk, to be added later; false when it does not fit in or the queue is closed.
    /// </summary>
    public bool TryReserve(int commands)
    {
        lock (gate)
        {
            if (isClosed || (bulkCommands > 0 && bulkCommands + commands > options.BulkCapacity))
                return false;

            bulkCommands += commands;
            openRequests++;

            return true;
        }
    }

    /// <summary>Adds the commands of a bulk, all of one kind, for which room was reserved.</summary>
    /// <returns>True if the caller has to start a sender.</returns>
    public bool Add(PendingCommand[] bulk)
    {
        lock (gate)
        {
            Array.ForEach(bulk, KindOf(bulk[0]).Bulk.Add);
            return TryStartSender();
        }
    }

    /// <summary>Marks a request as completed: each of its commands has a result.</summary>
    /// <param name="reserved">The room that was reserved for it.</param>
    public void MarkCompleted(int reserved = 0)
    {
        lock (gate)
        {
            bulkCommands -= reserved;
            openRequests--;
            MarkIfDrained();
        }
    }

    /// <summary>Adds a command again that was sent and not decided.</summary>
    public void Requeue(PendingCommand command)
    {
        lock (gate)
        {
            command.IsSuspect = false;
            KindOf(command).Retries.Add(command);
        }
    }

    /// <summary>
    /// Adds an undecided command again. One that needs a row locked by another session is parked, or refused
    /// when too many wait for that row already.
    /// </summary>
    public void Requeue(PendingCommand command, PostingRow row)
    {
        command.WasUnavailable = false;

        if (LockedRow.Of(command, row) is not { } locked)
        {
            Requeue(command);
        }
        else if (row.Outcome is PostingRow.KeyLocked)
        {
            ParkSuspect(command, locked);
        }
        else
        {
            lock (gate)
                parked.Add(command, locked);
        }
    }

    /// <summary>
    /// Parks a command whose query waited for a lock. Commands that need one of the rows go one by one, each
    /// in a group of its own, until one of them did not wait.
    /// </summary>
    public void ParkSuspect(PendingCommand command, params IReadOnlyList<LockedRow> rows)
    {
        MarkAnswered();

        lock (gate)
            parked.AddSuspect(command, rows);
    }

    /// <summary>
    /// Lets the next commands on the rows of a command that failed go one by one, each in a group of its own,
    /// until one of them does not fail: a group that fails is split, which costs the others several queries.
    /// </summary>
    public void Suspect(PendingCommand failed)
    {
        if (failed.Command.GoesAlone)
            return;

        lock (gate)
            parked.Suspect(failed.PostedRows);
    }

    /// <summary>Ends the suspicion of the rows of a command whose query neither waited nor failed.</summary>
    public void Trust(PendingCommand command)
    {
        lock (gate)
            parked.Trust(command);
    }

    /// <summary>
    /// The next group, all of one kind; null when nothing is due or other senders are enough, which ends the
    /// sender.
    /// </summary>
    /// <param name="nextDue">
    /// If nothing is due: the milliseconds until the first parked command is due; null if none is parked.
    /// </param>
    public PendingCommand[]? Take(out long? nextDue)
    {
        lock (gate)
        {
            nextDue = null;

            if (senders <= inFlight.Allowed && TakeGroup() is { } group)
            {
                inFlight.RecordSent(group.Sum(command => command.Command.TransactionCount));
                return [.. group];
            }

            senders--;

            if (senders == 0)
                inFlight.RecordIdle();

            if (senders < inFlight.Allowed)
                nextDue = parked.NextDue;

            return null;
        }
    }

    /// <summary>Marks that the database has just answered a query.</summary>
    public void MarkAnswered()
    {
        lock (gate)
            answeredAt = time.GetTimestamp();
    }

    /// <summary>Whether the database has answered a query within some time.</summary>
    public bool WasAnsweredWithin(TimeSpan period)
    {
        lock (gate)
            return answeredAt is { } at && time.GetElapsedTime(at) < period;
    }

    /// <summary>Counts one more sender, which the caller has to start; false when there are enough.</summary>
    public bool TryStartSender()
    {
        lock (gate)
        {
            if (senders >= inFlight.Allowed)
                return false;

            senders++;
            return true;
        }
    }

    /// <summary>Removes all commands that have passed their deadline.</summary>
    public List<PendingCommand> TakeOverdue()
    {
        lock (gate)
        {
            List<PendingCommand> overdue = [];

            foreach (var lane in kinds.Values.SelectMany(kind => kind.Lanes))
                lane.MoveTo(overdue, int.MaxValue, command => command.IsOverdue);

            parked.MoveTo(overdue, command => command.IsOverdue);
            return overdue;
        }
    }

    /// <summary>Accepts nothing more; completes when every accepted request is completed.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            isClosed = true;
            MarkIfDrained();
        }

        return drained.Task;
    }

    /// <summary>Whether the queue has room. An empty queue accepts a command of any size.</summary>
    bool HasRoomFor(int transactions)
    {
        var waiting = 0;

        foreach (var kind in kinds.Values)
            waiting += kind.Single.Transactions;

        return waiting == 0 || waiting + transactions <= options.QueueCapacity;
    }

    List<PendingCommand>? TakeGroup()
    {
        for (var turn = turns.Count; turn > 0; turn--)
        {
            var kind = turns.Dequeue();
            turns.Enqueue(kind);

            if (TakeGroup(kind) is { Count: > 0 } group)
                return group;
        }

        return null;
    }

    List<PendingCommand> TakeGroup(Kind kind)
    {
        if (parked.TakeSuspect(kind.Query) is { } suspect)
            return [suspect];

        var group = new List<PendingCommand>();
        var hasNew = kind.Single.Count + kind.Bulk.Count > 0;
        kind.Turns++;
        parked.MoveTo(
            group, kind.Query,
            kind.Share(kind.MaxGroupSize == 1 && parked.HasWaitedLong(kind.Query) ? 2 : 8));
        Take(group, kind.Retries, hasNew ? kind.Share(2) : kind.MaxGroupSize);
        Take(group, kind.Single, kind.MaxGroupSize - Math.Min(kind.Bulk.Count, kind.MaxGroupSize / 4));
        Take(group, kind.Bulk, kind.MaxGroupSize);

        // No new command was there, or all of them were parked: take a retry, or a parked command, beyond
        // its share instead of sending nothing.
        if (group.Count == 0)
            Take(group, kind.Retries, 1);

        if (group.Count == 0)
            parked.MoveTo(group, kind.Query, 1);

        return group;
    }

    /// <summary>
    /// Fills a group up to a size. New commands that need a row for which others are parked are parked too.
    /// </summary>
    void Take(List<PendingCommand> group, Lane lane, int size)
    {
        while (group.Count < size && lane.TryTake(out var command))
        {
            if (!lane.IsForNew || !parked.TryAdd(command))
                group.Add(command);
        }
    }

    Kind KindOf(PendingCommand command)
    {
        if (!kinds.TryGetValue(command.Query, out var kind))
        {
            kind = new Kind(command.Query, command.Command.GoesAlone ? 1 : options.MaxGroupSize);
            kinds.Add(command.Query, kind);
            turns.Enqueue(kind);
        }

        return kind;
    }

    void MarkIfDrained()
    {
        if (isClosed && openRequests == 0)
            drained.TrySetResult();
    }

    /// <summary>The commands of one kind that wait for nothing but their turn.</summary>
    sealed class Kind(IMoneyQuery query, int maxGroupSize)
    {
        public IMoneyQuery Query => query;

        public int MaxGroupSize => maxGroupSize;

        public Lane Single { get; } = new(isForNew: true);

        public Lane Bulk { get; } = new(isForNew: true);

        public Lane Retries { get; } = new();

        public Lane[] Lanes => [Retries, Bulk, Single];

        public int Turns { get; set; }

        /// <summary>
        /// The largest number of commands that a limited lane may put into a group: the group's maximum
        /// divided by a number, at least 1. If groups have one command, the lane gets one of so many groups.
        /// </summary>
        /// <param name="part">The number, such as 8 for an eighth.</param>
        public int Share(int part) =>
            maxGroupSize > 1 ? Math.Max(1, maxGroupSize / part) : Turns % part == 0 ? 1 : 0;
    }
}
