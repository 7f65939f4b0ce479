using Bank.Infrastructure.Connections;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Ends the wait for a query that runs longer than <see cref="DatabaseOptions.LockTimeout"/>. All queries
/// share one timer: most end long before, and a timer for each would cost more than watching them.
/// </summary>
sealed class Watchdog : IDisposable
{
    readonly Lock access = new();
    readonly Queue<Wait> waits = new();
    readonly TimeSpan limit;
    readonly TimeProvider time;
    readonly ITimer timer;
    bool isTimerSet;

    public Watchdog(DatabaseOptions database, TimeProvider time)
    {
        limit = database.LockTimeout;
        this.time = time;
        timer = time.CreateTimer(_ => EndOverdue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for a query, but no longer than the limit; whether the query has ended.</summary>
    public Task<bool> EndsInTimeAsync(Task query)
    {
        if (query.IsCompleted)
            return Task.FromResult(true);

        var wait = new Wait(time.GetTimestamp());
        query.ContinueWith(
            static (_, wait) => ((Wait)wait!).TrySetResult(true), wait, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        lock (access)
        {
            waits.Enqueue(wait);
            SetTimer();
        }

        return wait.Task;
    }

    public void Dispose() => timer.Dispose();

    void EndOverdue()
    {
        List<Wait> overdue = [];

        lock (access)
        {
            // They began in this order, so that nobody behind the first one in time is overdue.
            while (waits.TryPeek(out var first)
                && (first.Task.IsCompleted || Remaining(first) <= TimeSpan.Zero))
                overdue.Add(waits.Dequeue());

            isTimerSet = false;
            SetTimer();
        }

        overdue.ForEach(wait => wait.TrySetResult(false));
    }

    void SetTimer()
    {
        if (isTimerSet || !waits.TryPeek(out var first))
            return;

        isTimerSet = true;
        timer.Change(Max(Remaining(first), TimeSpan.FromMilliseconds(1)), Timeout.InfiniteTimeSpan);
    }

    TimeSpan Remaining(Wait wait) => limit - time.GetElapsedTime(wait.StartedAt);

    static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>The wait for one query: true when the query ends, false when its time does.</summary>
    sealed class Wait(long startedAt) : TaskCompletionSource<bool>
    {
        public long StartedAt => startedAt;
    }
}
