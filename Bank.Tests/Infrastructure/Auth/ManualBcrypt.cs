using System.Runtime.CompilerServices;
using Bank.Infrastructure.Auth;

namespace Bank.Tests.Infrastructure.Auth;

/// <summary>
/// Bcrypt threads that are all blocked, so that jobs wait until a test runs them itself, one by one.
/// </summary>
sealed class ManualBcrypt : IDisposable
{
    readonly ManualResetEventSlim end = new();

    ManualBcrypt(int queueCapacity) => Threads = new(new PasswordOptions { QueueCapacity = queueCapacity });

    public BcryptThreads Threads { get; }

    /// <summary>The number of waiting jobs.</summary>
    public int Waiting => Threads.Waiting;

    /// <summary>The number of jobs that the test ran.</summary>
    public int Runs { get; private set; }

    public static async Task<ManualBcrypt> StartAsync(int queueCapacity = 64)
    {
        var bcrypt = new ManualBcrypt(queueCapacity);

        for (var thread = 0; thread < BcryptThreads.Count; thread++)
            await bcrypt.BlockOneAsync();

        return bcrypt;
    }

    /// <summary>Runs waiting jobs, also those that arrive meanwhile, until a task is completed.</summary>
    public async Task<T> RunUntilAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            RunNext();
            await Task.WhenAny(task, Task.Delay(1));
        }

        return await task;
    }

    /// <summary>Runs the next job, if one waits.</summary>
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

    Task BlockOneAsync()
    {
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Threads.RunAsync(() =>
        {
            blocked.SetResult();
            end.Wait();
            return true;
        });

        return blocked.Task;
    }
}
