using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>
/// Lets callers queue for a connection of a pool while the server accepts no further one. Npgsql passes the
/// server's refusal on to the caller, and closes all the pool's connections. So during a shortage only as
/// many callers reach the pool as it can have connections; the server is asked for more outside the pool.
/// </summary>
/// <param name="isAccepted">Asks the server whether it accepts a further connection.</param>
/// <param name="poolSize">The most connections that the pool may have.</param>
/// <param name="maxWait">How long a caller waits at most.</param>
/// <param name="time">The clock.</param>
sealed class ConnectionQueue(Func<Task<bool>> isAccepted, int poolSize, TimeSpan maxWait, TimeProvider time)
{
    const int Unlimited = int.MaxValue;

    /// <summary>The time in which the server process of a closed connection ends.</summary>
    static readonly TimeSpan ClosingTime = TimeSpan.FromMilliseconds(20);

    static readonly TimeSpan IntervalWhileAccepted = TimeSpan.FromMilliseconds(30);
    static readonly TimeSpan IntervalWhileRefused = TimeSpan.FromMilliseconds(500);

    /// <summary>After which time without a waiting caller the shortage is over.</summary>
    static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly Queue<TaskCompletionSource> waiting = [];
    int limit = Unlimited;
    int rented;

    /// <summary>Opens a connection, after a wait if the server is full.</summary>
    /// <param name="open">Takes an idle connection from the pool, or else a new one from the server.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Whether the connection is counted; <see cref="Return"/> needs to know.</returns>
    /// <exception cref="NpgsqlException">There was none in time, or the database is away.</exception>
    public async ValueTask<bool> OpenAsync(Func<CancellationToken, Task> open, CancellationToken ct)
    {
        if (Volatile.Read(ref limit) == Unlimited)
        {
            try
            {
                await open(ct);
                return false;
            }
            catch (PostgresException full) when (IsFull(full))
            {
                BeginShortage();
            }
        }

        await OpenInTurnAsync(open, time.GetTimestamp(), ct);
        return true;
    }

    /// <summary>The connection was returned to its pool.</summary>
    /// <param name="isCounted">What <see cref="OpenAsync"/> returned.</param>
    public void Return(bool isCounted)
    {
        if (!isCounted)
            return;

        lock (gate)
        {
            rented--;
            Admit();
        }
    }

    static bool IsFull(PostgresException refusal) =>
        refusal.SqlState == PostgresErrorCodes.TooManyConnections;

    async Task OpenInTurnAsync(Func<CancellationToken, Task> open, long startedAt, CancellationToken ct)
    {
        while (true)
        {
            await WaitAsync(maxWait - time.GetElapsedTime(startedAt), ct);

            try
            {
                await open(ct);
                return;
            }
            catch (Exception refusal)
            {
                Return(isCounted: true);

                if (refusal is not PostgresException full || !IsFull(full)
                    || time.GetElapsedTime(startedAt) >= maxWait)
                    throw;
            }

            LowerLimit();
            await Task.Delay(ClosingTime, time, ct);
        }
    }

    async Task WaitAsync(TimeSpan patience, CancellationToken ct)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        lock (gate)
        {
            waiting.Enqueue(turn);
            Admit();
        }

        try
        {
            await turn.Task.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, time, ct);
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            if (!turn.TrySetCanceled(CancellationToken.None))
                Return(isCounted: true);

            throw ended is TimeoutException
                ? new NpgsqlException(
                    "The server accepts no further connection, and none was returned to the pool in time.")
                : ended;
        }
    }

    /// <summary>Admits the next callers. The calling method holds the lock.</summary>
    void Admit()
    {
        while (rented < limit && waiting.TryDequeue(out var turn))
        {
            if (turn.TrySetResult())
                rented++;
        }
    }

    void BeginShortage()
    {
        lock (gate)
        {
            if (limit != Unlimited)
                return;

            limit = 1;
        }

        _ = Background.Run(RaiseLimitAsync);
    }

    void LowerLimit()
    {
        lock (gate)
        {
            if (limit != Unlimited)
                limit = Math.Max(1, limit - 1);
        }
    }

    /// <summary>Raises the limit while callers wait and the server accepts a further connection.</summary>
    async Task RaiseLimitAsync()
    {
        var interval = IntervalWhileAccepted;
        var waitedAt = time.GetTimestamp();

        while (Volatile.Read(ref limit) != Unlimited)
        {
            await Task.Delay(interval, time);
            interval = IntervalWhileRefused;

            if (HasWaiting())
            {
                waitedAt = time.GetTimestamp();

                if (!await isAccepted())
                    continue;

                await Task.Delay(ClosingTime, time);
                RaiseLimitTo(limit + 1 < poolSize ? limit + 1 : Unlimited);
                interval = IntervalWhileAccepted;
            }
            else if (time.GetElapsedTime(waitedAt) > QuietTime)
            {
                RaiseLimitTo(Unlimited);
            }
        }
    }

    bool HasWaiting()
    {
        lock (gate)
            return waiting.Count > 0;
    }

    void RaiseLimitTo(int value)
    {
        lock (gate)
        {
            limit = value;
            Admit();
        }
    }
}
