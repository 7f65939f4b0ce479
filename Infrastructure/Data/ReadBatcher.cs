using Bank.Infrastructure.Connections;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Shares one query among concurrent readers: requests that arrive while queries are in flight go together in
/// the next one, and share its round trip. There is no timer, and a lone request is sent at once. No request
/// is answered by a query that began before it. An exception of a query goes to every request in it.
/// </summary>
/// <param name="read">Reads the results of requests, in their order.</param>
/// <param name="maxPerQuery">The maximum number of requests in one query.</param>
sealed class ReadBatcher<TRequest, TResult>(Func<TRequest[], Task<TResult[]>> read, int maxPerQuery = 100)
{
    const int MaxQueriesInFlight = 2;

    readonly Lock gate = new();
    readonly Queue<PendingRead> pending = new();
    int queriesInFlight;

    /// <summary>The result of a request; cancellation ends the wait only.</summary>
    public Task<TResult> ReadAsync(TRequest request, CancellationToken ct)
    {
        var mine = new PendingRead(request);

        lock (gate)
        {
            pending.Enqueue(mine);

            if (queriesInFlight == MaxQueriesInFlight)
                return mine.Result.Task.WaitAsync(ct);

            queriesInFlight++;
        }

        // A shared query does not belong to the request that happened to start it.
        _ = Background.Run(RunAsync);

        return mine.Result.Task.WaitAsync(ct);
    }

    async Task RunAsync()
    {
        while (Take() is { } reads)
        {
            try
            {
                var results = await read(Array.ConvertAll(reads, one => one.Request));

                for (var index = 0; index < reads.Length; index++)
                    reads[index].Result.SetResult(results[index]);
            }
            catch (Exception fault)
            {
                Array.ForEach(reads, one => one.Result.TrySetException(fault));
            }
        }
    }

    /// <summary>The requests of the next query; null when none is pending, which ends this runner.</summary>
    PendingRead[]? Take()
    {
        lock (gate)
        {
            var reads = new PendingRead[Math.Min(pending.Count, maxPerQuery)];

            for (var index = 0; index < reads.Length; index++)
                reads[index] = pending.Dequeue();

            if (reads.Length > 0)
                return reads;

            queriesInFlight--;
            return null;
        }
    }

    sealed class PendingRead(TRequest request)
    {
        public TRequest Request { get; } = request;

        // Callers continue on other threads, so that the next query does not wait for their responses.
        public TaskCompletionSource<TResult> Result { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
