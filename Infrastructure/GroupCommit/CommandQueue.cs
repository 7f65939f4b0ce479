using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// The commands that wait to be posted, and the count of the senders that post them. All waiting commands are
/// concurrent, so any order of them is correct.
/// </summary>
/// <remarks>
/// A group is of one kind; the kinds take turns. Within a kind most commands go in the order of arrival. Two
/// lanes could hold up new commands and are limited: retries get at most half of a group, parked commands an
/// eighth. The commands of bulks fill what single commands leave, and get a quarter of a group in any case.
/// Commands on accounts locked by another session are parked per account and retried after a quarter of the
/// time they have waited, at most 100 ms.
/// </remarks>
sealed class CommandQueue(GroupCommitOptions options, TimeProvider time)
{
    const long MaxPauseMilliseconds = 100;

    readonly Lock gate = new();
    readonly Dictionary<IMoneyQuery, Kind> kinds = [];
    readonly Queue<Kind> turns = new();
    readonly Dictionary<long, Lane> parked = [];
    readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int bulkCommands;
    int senders;
    int openRequests;
    long totalParked;
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
                    parked.Values.Sum(lane => lane.Count), totalParked);
        }
    }

    long NowMilliseconds => (long)time.GetElapsedTime(0).TotalMilliseconds;

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

    /// <summary>
    /// Adds the commands of a bulk, all of one kind, for which room was reserved; whether the caller has to
    /// start a sender.
    /// </summary>
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
            KindOf(command).Retries.Add(command);
    }

    /// <summary>
    /// Parks a command whose account is locked by another session; refuses it when too many wait for that
    /// account already.
    /// </summary>
    public void Park(PendingCommand command, long account)
    {
        lock (gate)
        {
            if (!parked.TryGetValue(account, out var backlog))
                parked.Add(account, backlog = new Lane());

            Park(command, backlog);
        }
    }

    /// <summary>The next group, all of one kind; null when nothing is due, which ends the sender.</summary>
    /// <param name="nextDue">With null: after how many milliseconds parked commands are due, if any.</param>
    public PendingCommand[]? Take(out long? nextDue)
    {
        lock (gate)
        {
            nextDue = null;

            for (var turn = turns.Count; turn > 0; turn--)
            {
                var kind = turns.Dequeue();
                turns.Enqueue(kind);

                if (TakeGroup(kind) is { Count: > 0 } group)
                    return [.. group];
            }

            if (parked.Count > 0)
                nextDue = Math.Max(1, parked.Values.Min(backlog => backlog.DueAt) - NowMilliseconds);

            senders--;
            return null;
        }
    }

    /// <summary>Counts one more sender, which the caller has to start; false when there are enough.</summary>
    public bool TryStartSender()
    {
        lock (gate)
        {
            if (senders >= options.MaxQueriesInFlight)
                return false;

            senders++;
            return true;
        }
    }

    /// <summary>Takes all commands whose time is over.</summary>
    public List<PendingCommand> TakeOverdue()
    {
        lock (gate)
        {
            List<PendingCommand> overdue = [];

            foreach (var lane in kinds.Values.SelectMany(kind => kind.Lanes).Concat(parked.Values))
                lane.MoveTo(overdue, int.MaxValue, command => command.IsOverdue);

            foreach (var (account, backlog) in parked)
            {
                if (backlog.Count == 0)
                    parked.Remove(account);
            }

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

    /// <summary>Whether a command fits in; where none waits, every one does.</summary>
    bool HasRoomFor(int transactions)
    {
        var waiting = 0;

        foreach (var kind in kinds.Values)
            waiting += kind.Single.Transactions;

        return waiting == 0 || waiting + transactions <= options.QueueCapacity;
    }

    List<PendingCommand> TakeGroup(Kind kind)
    {
        var group = new List<PendingCommand>();
        var hasNew = kind.Single.Count + kind.Bulk.Count > 0;
        kind.Turns++;
        TakeParked(group, kind, kind.Share(8));
        Take(group, kind.Retries, hasNew ? kind.Share(2) : kind.MaxGroupSize);
        Take(group, kind.Single, kind.MaxGroupSize - Math.Min(kind.Bulk.Count, kind.MaxGroupSize / 4));
        Take(group, kind.Bulk, kind.MaxGroupSize);

        // The place of a new command was free.
        if (group.Count == 0)
            Take(group, kind.Retries, 1);

        if (group.Count == 0)
            TakeParked(group, kind, 1);

        return group;
    }

    /// <summary>Fills a group up to a size; new commands on an account with a backlog join it.</summary>
    void Take(List<PendingCommand> group, Lane lane, int size)
    {
        while (group.Count < size && lane.TryTake(out var command))
        {
            if (lane.IsForNew && BacklogOf(command.Command) is { } backlog)
                Park(command, backlog);
            else
                group.Add(command);
        }
    }

    void TakeParked(List<PendingCommand> group, Kind kind, int size)
    {
        if (parked.Count == 0)
            return;

        var now = NowMilliseconds;

        foreach (var (account, backlog) in parked)
        {
            if (backlog.DueAt > now || group.Count >= size)
                continue;

            backlog.MoveTo(group, size, command => command.Query == kind.Query && !command.Set.IsBulk);
            backlog.MoveTo(group, size, command => command.Query == kind.Query);

            // The others wait for the outcome of these.
            if (backlog.Count == 0)
                parked.Remove(account);
        }
    }

    void Park(PendingCommand command, Lane backlog)
    {
        // The commands of bulks are bounded when they arrive.
        if (!command.Set.IsBulk && backlog.SingleCount >= options.ParkedPerAccount)
        {
            command.Refuse(LedgerProblems.AccountBusy);
            return;
        }

        var now = NowMilliseconds;
        totalParked += command.ParkedAt is null ? 1 : 0;
        command.ParkedAt ??= now;
        backlog.Add(command);
        backlog.DueAt = Math.Max(
            backlog.DueAt, now + Math.Clamp((now - command.ParkedAt.Value) / 4, 1, MaxPauseMilliseconds));
    }

    Lane? BacklogOf(MoneyCommand command)
    {
        if (parked.Count > 0)
        {
            foreach (var account in command.AccountIds)
            {
                if (parked.TryGetValue(account, out var backlog))
                    return backlog;
            }
        }

        return null;
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
        /// How many commands of a group a limited lane gets, as a part of it: of groups of one command, every
        /// so many groups one.
        /// </summary>
        public int Share(int part) =>
            maxGroupSize > 1 ? Math.Max(1, maxGroupSize / part) : Turns % part == 0 ? 1 : 0;
    }
}
