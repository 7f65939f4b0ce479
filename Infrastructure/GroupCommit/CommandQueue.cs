using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// The commands that wait for a statement, and the count of those who send them. All commands that wait are
/// concurrent, so any order of them is a right one. Kinds take turns, and within a kind most go in the order of
/// arrival. Some could hold up the others and are held to a share of each batch: those to be decided again, to
/// a half, and those aside, to an eighth. Those that came in bulk fill what the others leave of a batch, and
/// have a quarter of it in any case. Aside, in a line for each account, are the commands on accounts that
/// somebody else has locked; they are tried again after a quarter of the time for which they have been waiting,
/// at most a tenth of a second.
/// </summary>
sealed class CommandQueue(GroupCommitOptions options)
{
    const long LongestPause = 100;

    readonly Lock gate = new();
    readonly Dictionary<Type, Waiting> byKind = [];
    readonly Queue<Waiting> turns = new();
    readonly Dictionary<long, Line> aside = [];
    readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int arrived;
    int inBulk;
    int sending;
    int unanswered;
    long everSetAside;
    bool isClosed;

    /// <summary>Adds a command; false when the queue is full or closed.</summary>
    /// <param name="command">The command.</param>
    /// <param name="mustSend">
    /// Whether there is room for one more sender, which the one who asks has to be.
    /// </param>
    public bool TryAdd(PendingCommand command, out bool mustSend)
    {
        lock (gate)
        {
            mustSend = false;

            var transactions = command.Command.Transactions;

            if (isClosed || (arrived > 0 && arrived + transactions > options.QueueCapacity))
                return false;

            WaitingOf(command).Arrived.Enqueue(command);
            arrived += transactions;
            unanswered++;
            mustSend = TryBeginSending();

            return true;
        }
    }

    /// <summary>
    /// Lets the commands of a bulk in, which are still to be added; false when there is no room for all of
    /// them, or the queue is closed.
    /// </summary>
    public bool TryLetIn(int commands)
    {
        lock (gate)
        {
            if (isClosed || (inBulk > 0 && inBulk + commands > options.BulkCapacity))
                return false;

            inBulk += commands;
            unanswered++;

            return true;
        }
    }

    /// <summary>Adds the commands of a bulk, which were let in, all of one kind.</summary>
    public void Add(PendingCommand[] bulk, out bool mustSend)
    {
        lock (gate)
        {
            var waiting = WaitingOf(bulk[0]).InBulk;
            Array.ForEach(bulk, waiting.Enqueue);
            mustSend = TryBeginSending();
        }
    }

    /// <summary>How many commands wait where, and how many were ever set aside.</summary>
    public (int Arrived, int Again, int Aside, long EverSetAside) Lengths
    {
        get
        {
            lock (gate)
                return (
                    byKind.Values.Sum(kind => kind.Arrived.Count + kind.InBulk.Count),
                    byKind.Values.Sum(kind => kind.Again.Count),
                    aside.Values.Sum(line => line.Commands.Count), everSetAside);
        }
    }

    /// <summary>
    /// Takes note that a command that was added is answered, or all that were let in together.
    /// </summary>
    /// <param name="bulk">How many were let in together.</param>
    public void NoteAnswered(int bulk = 0)
    {
        lock (gate)
        {
            inBulk -= bulk;
            unanswered--;
            NoteDrained();
        }
    }

    /// <summary>Puts a command back that has to be decided again.</summary>
    public void PutBack(PendingCommand command)
    {
        lock (gate)
            WaitingOf(command).Again.Enqueue(command);
    }

    /// <summary>
    /// Lets a command wait for an account that somebody else has locked; where too many do, it is refused.
    /// </summary>
    public void SetAside(PendingCommand command, long account)
    {
        lock (gate)
        {
            if (!aside.TryGetValue(account, out var line))
                aside.Add(account, line = new Line());

            Add(command, line);
        }
    }

    /// <summary>
    /// What a sender sends next, all of one kind; null when nothing is due, after which it is a sender no more.
    /// </summary>
    /// <param name="nextDue">
    /// With null: in how many milliseconds something will be due that waits aside, if something does.
    /// </param>
    public PendingCommand[]? Take(out long? nextDue)
    {
        lock (gate)
        {
            nextDue = null;

            for (var turn = turns.Count; turn > 0; turn--)
            {
                var kind = turns.Dequeue();
                turns.Enqueue(kind);

                if (Take(kind) is { Count: > 0 } batch)
                    return [.. batch];
            }

            if (aside.Count > 0)
                nextDue = Math.Max(1, aside.Values.Min(line => line.DueAt) - Environment.TickCount64);

            sending--;
            return null;
        }
    }

    /// <summary>Whether there is something to send and room for one more sender, who asks.</summary>
    public bool TryBeginSending()
    {
        lock (gate)
        {
            if (sending >= options.StatementsInFlight)
                return false;

            sending++;
            return true;
        }
    }

    /// <summary>Takes those out whose time is over.</summary>
    public PendingCommand[] TakeOverdue()
    {
        lock (gate)
        {
            PendingCommand[] overdue =
            [
                .. byKind.Values.SelectMany(kind => TakeOverdue(kind.Again).Concat(TakeOverdue(kind.InBulk))),
            ];

            foreach (var kind in byKind.Values)
            {
                var late = TakeOverdue(kind.Arrived);
                arrived -= late.Sum(command => command.Command.Transactions);
                overdue = [.. overdue, .. late];
            }

            foreach (var (account, line) in aside)
            {
                overdue = [.. overdue, .. line.Commands.Where(command => command.IsOverdue)];

                if (line.RemoveAll(command => command.IsOverdue) > 0 && line.Commands.Count == 0)
                    aside.Remove(account);
            }

            return overdue;
        }
    }

    /// <summary>Lets nothing more in; completes when everything that was let in is answered.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            isClosed = true;
            NoteDrained();
        }

        return drained.Task;
    }

    List<PendingCommand> Take(Waiting kind)
    {
        var batch = new List<PendingCommand>();
        kind.Turns++;
        TakeAside(batch, kind.Kind, kind.Share(8));
        var most = kind.Arrived.Count > 0 || kind.InBulk.Count > 0 ? kind.Share(2) : kind.LargestBatch;

        while (batch.Count < most && kind.Again.TryDequeue(out var command))
            batch.Add(command);

        var forBulk = Math.Min(kind.InBulk.Count, kind.LargestBatch / 4);
        arrived -= TakeNew(batch, kind.Arrived, kind.LargestBatch - forBulk);
        TakeNew(batch, kind.InBulk, kind.LargestBatch);

        // It was the turn of those that arrived, and there was none.
        if (batch.Count == 0 && kind.Again.TryDequeue(out var left))
            batch.Add(left);

        if (batch.Count == 0)
            TakeAside(batch, kind.Kind, 1);

        return batch;
    }

    /// <summary>
    /// Fills a batch up, but for what has to wait aside; answers how many transactions it took from the
    /// queue.
    /// </summary>
    int TakeNew(List<PendingCommand> batch, Queue<PendingCommand> waiting, int most)
    {
        var taken = 0;

        while (batch.Count < most && waiting.TryDequeue(out var command))
        {
            taken += command.Command.Transactions;

            if (LineOf(command.Command) is { } line)
                Add(command, line);
            else
                batch.Add(command);
        }

        return taken;
    }

    void TakeAside(List<PendingCommand> batch, Type kind, int most)
    {
        if (aside.Count == 0)
            return;

        var now = Environment.TickCount64;

        foreach (var (account, line) in aside)
        {
            if (line.DueAt > now || batch.Count >= most)
                continue;

            var due = line.Commands.Where(command => command.Kind == kind)
                .OrderBy(command => command.Set.IsBulk).Take(most - batch.Count).ToHashSet();
            batch.AddRange(due);
            line.RemoveAll(due.Contains);

            // The rest waits for what becomes of these.
            if (line.Commands.Count == 0)
                aside.Remove(account);
        }
    }

    Waiting WaitingOf(PendingCommand command)
    {
        if (!byKind.TryGetValue(command.Kind, out var waiting))
        {
            waiting = new Waiting(command.Kind, command.Command.GoesAlone ? 1 : options.LargestBatch);
            byKind.Add(command.Kind, waiting);
            turns.Enqueue(waiting);
        }

        return waiting;
    }

    Line? LineOf(MoneyCommand command)
    {
        if (aside.Count > 0)
        {
            foreach (var account in command.Accounts)
            {
                if (aside.TryGetValue(account, out var line))
                    return line;
            }
        }

        return null;
    }

    void Add(PendingCommand command, Line line)
    {
        if (!command.Set.IsBulk && line.Alone >= options.LineCapacity)
        {
            command.Refuse(LedgerProblems.AccountBusy);
            return;
        }

        var now = Environment.TickCount64;
        everSetAside += command.SetAsideAt is null ? 1 : 0;
        command.SetAsideAt ??= now;
        line.Add(command);
        line.DueAt = Math.Max(
            line.DueAt, now + Math.Clamp((now - command.SetAsideAt.Value) / 4, 1, LongestPause));
    }

    static List<PendingCommand> TakeOverdue(Queue<PendingCommand> queue)
    {
        var overdue = new List<PendingCommand>();

        for (var count = queue.Count; count > 0; count--)
        {
            var command = queue.Dequeue();

            if (command.IsOverdue)
                overdue.Add(command);
            else
                queue.Enqueue(command);
        }

        return overdue;
    }

    void NoteDrained()
    {
        if (isClosed && unanswered == 0)
            drained.TrySetResult();
    }

    /// <summary>The commands of one kind that wait for nothing but their turn.</summary>
    sealed class Waiting(Type kind, int largestBatch)
    {
        public Type Kind { get; } = kind;

        /// <summary>The most of them that go out in one statement.</summary>
        public int LargestBatch { get; } = largestBatch;

        public Queue<PendingCommand> Arrived { get; } = new();

        /// <summary>Those that came in bulk.</summary>
        public Queue<PendingCommand> InBulk { get; } = new();

        /// <summary>How often it was their turn.</summary>
        public int Turns { get; set; }

        /// <summary>
        /// How many of this statement belong to those that are held to a part of each; where a statement
        /// takes but one, one in so many is theirs.
        /// </summary>
        public int Share(int part) => LargestBatch > 1 ? Math.Max(1, LargestBatch / part)
            : Turns % part == 0 ? 1 : 0;

        /// <summary>Those that were sent before and are to be decided again.</summary>
        public Queue<PendingCommand> Again { get; } = new();
    }

    /// <summary>The commands that wait for one account.</summary>
    sealed class Line
    {
        public List<PendingCommand> Commands { get; } = [];

        /// <summary>How many of them came alone; how many came in bulk is bounded as they come.</summary>
        public int Alone { get; private set; }

        public long DueAt { get; set; }

        public void Add(PendingCommand command)
        {
            Commands.Add(command);
            Alone += command.Set.IsBulk ? 0 : 1;
        }

        public int RemoveAll(Predicate<PendingCommand> match)
        {
            var removed = Commands.RemoveAll(match);
            Alone = Commands.Count(command => !command.Set.IsBulk);

            return removed;
        }
    }
}
