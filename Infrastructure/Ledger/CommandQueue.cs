namespace Bank.Infrastructure.Ledger;

/// <summary>
/// The commands that wait for a statement, and the count of those who send them. All commands that wait are
/// concurrent, so any order of them is a right one; here it is that of arrival, with those that are to be
/// decided again before those that came later.
/// </summary>
/// <param name="senders">How many may send at once.</param>
/// <param name="largestBatch">The most commands that are taken together.</param>
/// <param name="capacity">How many commands may wait.</param>
sealed class CommandQueue<T>(int senders, int largestBatch, int capacity)
{
    readonly Lock gate = new();
    readonly Queue<T> arrived = new();
    readonly Queue<T> again = new();
    readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int sending;
    bool isClosed;

    /// <summary>Adds a command; false when the queue is full or closed.</summary>
    /// <param name="command">The command.</param>
    /// <param name="mustSend">
    /// Whether there is room for one more sender, which the one who asks has to be.
    /// </param>
    public bool TryAdd(T command, out bool mustSend)
    {
        lock (gate)
        {
            mustSend = false;

            if (isClosed || arrived.Count >= capacity)
                return false;

            arrived.Enqueue(command);
            mustSend = sending < senders;

            if (mustSend)
                sending++;

            return true;
        }
    }

    /// <summary>Whether nothing more is let in.</summary>
    public bool IsClosed
    {
        get
        {
            lock (gate)
                return isClosed;
        }
    }

    /// <summary>Puts commands back that have to be decided again.</summary>
    public void PutBack(IEnumerable<T> commands)
    {
        lock (gate)
        {
            foreach (var command in commands)
                again.Enqueue(command);
        }
    }

    /// <summary>Takes those out that the condition holds for.</summary>
    public T[] TakeWhere(Predicate<T> condition)
    {
        lock (gate)
        {
            T[] taken = [.. again.Concat(arrived).Where(command => condition(command))];

            if (taken.Length > 0)
            {
                Keep(again, condition);
                Keep(arrived, condition);
            }

            return taken;
        }
    }

    /// <summary>
    /// What a sender sends next; null when nothing waits, after which it is a sender no more.
    /// </summary>
    public T[]? Take()
    {
        lock (gate)
        {
            var batch = new T[Math.Min(again.Count + arrived.Count, largestBatch)];

            for (var index = 0; index < batch.Length; index++)
                batch[index] = again.Count > 0 ? again.Dequeue() : arrived.Dequeue();

            if (batch.Length > 0)
                return batch;

            sending--;
            NoteDrained();
            return null;
        }
    }

    /// <summary>Lets nothing more in; completes when the last sender is done.</summary>
    public Task CloseAsync()
    {
        lock (gate)
        {
            isClosed = true;
            NoteDrained();
        }

        return drained.Task;
    }

    static void Keep(Queue<T> queue, Predicate<T> except)
    {
        for (var count = queue.Count; count > 0; count--)
        {
            if (queue.Dequeue() is var command && !except(command))
                queue.Enqueue(command);
        }
    }

    void NoteDrained()
    {
        if (isClosed && sending == 0)
            drained.TrySetResult();
    }
}
