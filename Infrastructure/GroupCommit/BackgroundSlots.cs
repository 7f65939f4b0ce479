namespace Bank.Infrastructure.GroupCommit;

/// <summary>Bounds the queries that run besides those of the senders.</summary>
sealed class BackgroundSlots(GroupCommitOptions options, TakenCommands taken) : IDisposable
{
    readonly SemaphoreSlim slots = new(options.MaxBackgroundQueries);

    /// <summary>Works on commands in the background, as soon as a slot is free.</summary>
    public async Task RunAsync(PendingCommand[] commands, Func<PendingCommand[], Task> work)
    {
        using var registration = taken.Add(commands);
        await slots.WaitAsync();

        try
        {
            await work(commands);
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>Lets a running query continue in a slot; false if none is free.</summary>
    public bool TryMove(Task query)
    {
        if (!slots.Wait(0))
            return false;

        _ = query.ContinueWith(_ => slots.Release(), TaskScheduler.Default);
        return true;
    }

    public void Dispose() => slots.Dispose();
}
