using System.Runtime.CompilerServices;
using Bank.Infrastructure.Auth;

namespace Bank.Tests.Infrastructure.Auth;

/// <summary>
/// Bcrypt threads that are all held up, so that jobs wait until a test runs them itself, one by one.
/// </summary>
sealed class BcryptByHand : IDisposable
{
    readonly ManualResetEventSlim end = new();

    BcryptByHand(int queueCapacity) => Threads = new(new PasswordOptions { QueueCapacity = queueCapacity });

    public BcryptThreads Threads { get; }

    /// <summary>How many jobs wait.</summary>
    public int Waiting => Threads.Waiting;

    /// <summary>How many jobs were run.</summary>
    public int Runs { get; private set; }

    public static async Task<BcryptByHand> StartAsync(int queueCapacity = 64)
    {
        var bcrypt = new BcryptByHand(queueCapacity);

        for (var thread = 0; thread < BcryptThreads.Count; thread++)
            await bcrypt.HoldOneAsync();

        return bcrypt;
    }

    /// <summary>Runs what waits, and what comes to wait, until a task is done.</summary>
    public async Task<T> RunUntilAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            RunNext();
            await Task.WhenAny(task, Task.Delay(1));
        }

        return await task;
    }

    /// <summary>Runs what comes next, if anything waits.</summary>
    public void RunNext()
    {
        if (Take(Threads, milliseconds: 0) is not { } job)
            return;

        Runs++;
        job.RunSynchronously(TaskScheduler.Default);
    }

    public void Dispose()
    {
        Threads.Dispose();
        end.Set();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    static extern Task? Take(BcryptThreads threads, int milliseconds);

    Task HoldOneAsync()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Threads.RunAsync(() =>
        {
            held.SetResult();
            end.Wait();
            return true;
        });

        return held.Task;
    }
}
