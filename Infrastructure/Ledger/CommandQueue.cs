namespace Bank.Infrastructure.Ledger;

/// <summary>
/// The commands that wait for a statement, and the count of those who send them. All commands that wait are
/// concurrent, so any order of them is a right one. Most go in that of arrival. Two kinds could hold up the
/// others and are held to a share of each batch: those to be decided again, to a half, and those aside, to an
/// eighth. Aside, in a line for each account, are the commands on accounts that somebody else has locked; they
/// are tried again after a quarter of the time for which they have been waiting, at most a tenth of a second.
/// </summary>
sealed class CommandQueue(GroupCommitOptions options)
{
    const long LongestPause = 100;

    readonly Lock gate = new();
    readonly Queue<Pending> arrived = new();
    readonly Queue<Pending> again = new();
    readonly Dictionary<long, Line> aside = [];
    readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int sending;
    int unanswered;
    bool isClosed;

    /// <summary>Adds a command; false when the queue is full or closed.</summary>
    /// <param name="command">The command.</param>
    /// <param name="mustSend">
    /// Whether there is room for one more sender, which the one who asks has to be.
    /// </param>
    public bool TryAdd(Pending command, out bool mustSend)
    {
        lock (gate)
        {
            mustSend = false;

            if (isClosed || arrived.Count >= options.QueueCapacity)
                return false;

            arrived.Enqueue(command);
            unanswered++;
            mustSend = TryBeginSending();

            return true;
        }
    }

    /// <summary>Takes note that a command that was added is answered.</summary>
    public void NoteAnswered()
    {
        lock (gate)
        {
            unanswered--;
            NoteDrained();
        }
    }

    /// <summary>Puts a command back that has to be decided again.</summary>
    public void PutBack(Pending command)
    {
        lock (gate)
            again.Enqueue(command);
    }

    /// <summary>
    /// Lets a command wait for an account that somebody else has locked; where too many do, it is refused.
    /// </summary>
    public void SetAside(Pending command, long account)
    {
        lock (gate)
        {
            if (!aside.TryGetValue(account, out var line))
                aside.Add(account, line = new Line());

            Add(command, line);
        }
    }

    /// <summary>
    /// What a sender sends next; null when nothing is due, after which it is a sender no more.
    /// </summary>
    /// <param name="nextDue">
    /// With null: in how many milliseconds something will be due that waits aside, if something does.
    /// </param>
    public Pending[]? Take(out long? nextDue)
    {
        lock (gate)
        {
            var batch = new List<Pending>();
            TakeAside(batch, Math.Max(1, options.LargestBatch / 8));
            var most = Math.Max(1, arrived.Count > 0 ? options.LargestBatch / 2 : options.LargestBatch);

            while (batch.Count < most && again.TryDequeue(out var command))
                batch.Add(command);

            while (batch.Count < options.LargestBatch && arrived.TryDequeue(out var command))
            {
                if (LineOf(command.Command) is { } line)
                    Add(command, line);
                else
                    batch.Add(command);
            }

            nextDue = null;

            if (batch.Count > 0)
                return [.. batch];

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
    public Pending[] TakeOverdue()
    {
        lock (gate)
        {
            Pending[] overdue = [.. TakeOverdue(arrived), .. TakeOverdue(again)];

            foreach (var (account, line) in aside)
            {
                overdue = [.. overdue, .. line.Commands.Where(command => command.IsOverdue)];

                if (line.Commands.RemoveAll(command => command.IsOverdue) > 0 && line.Commands.Count == 0)
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

    void TakeAside(List<Pending> batch, int most)
    {
        if (aside.Count == 0)
            return;

        var now = Environment.TickCount64;

        foreach (var (account, line) in aside)
        {
            if (line.DueAt > now || batch.Count >= most)
                continue;

            var count = Math.Min(line.Commands.Count, most - batch.Count);
            batch.AddRange(line.Commands[..count]);
            line.Commands.RemoveRange(0, count);

            // The rest waits for what becomes of these.
            if (line.Commands.Count == 0)
                aside.Remove(account);
        }
    }

    Line? LineOf(MoneyCommand command) =>
        aside.Count == 0 ? null
        : command.From is { } from && aside.TryGetValue(from, out var line) ? line
        : command.To is { } to && aside.TryGetValue(to, out line) ? line
        : null;

    void Add(Pending command, Line line)
    {
        if (line.Commands.Count >= options.LineCapacity)
        {
            command.Refuse(LedgerRefusals.AccountBusy);
            return;
        }

        var now = Environment.TickCount64;
        command.SetAsideAt ??= now;
        line.Commands.Add(command);
        line.DueAt = Math.Max(
            line.DueAt, now + Math.Clamp((now - command.SetAsideAt.Value) / 4, 1, LongestPause));
    }

    static List<Pending> TakeOverdue(Queue<Pending> queue)
    {
        var overdue = new List<Pending>();

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

    /// <summary>The commands that wait for one account.</summary>
    sealed class Line
    {
        public List<Pending> Commands { get; } = [];

        public long DueAt { get; set; }
    }
}
