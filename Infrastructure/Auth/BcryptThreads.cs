using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Runs bcrypt on threads of its own, one for every two cores. Two bounded queues feed them: known users
/// go first, and strangers together get every fourth turn while any of them wait. On Linux the threads run at
/// a lower priority, so that a flood of sign-ins takes little from signed-in users. Priority alone is not
/// enough: on the virtual machine of the measurement, idle-priority loops on both cores took two thirds of
/// the API's throughput, and on one core two fifths.
/// </summary>
sealed class BcryptThreads : IDisposable
{
    /// <summary>On the scale of nice(2): about a tenth of a contended core.</summary>
    const int Niceness = 10;

    const int MaxKnownInARow = 3;

    /// <summary>How many passwords are verified in parallel.</summary>
    public static readonly int Count = Math.Max(1, Environment.ProcessorCount / 2);

    readonly BlockingCollection<Task> known;
    readonly BlockingCollection<Task> strangers;
    int knownInARow;

    public BcryptThreads(PasswordOptions options)
    {
        known = new BlockingCollection<Task>(options.QueueCapacity);
        strangers = new BlockingCollection<Task>(options.QueueCapacity);

        for (var thread = 0; thread < Count; thread++)
            new Thread(Work) { IsBackground = true, Name = "bcrypt" }.Start();
    }

    /// <summary>Ends a request when the queue is full.</summary>
    public static ProblemException Overloaded =>
        new(Problem.Overloaded);

    /// <summary>The number of waiting jobs.</summary>
    public int Waiting => known.Count + strangers.Count;

    /// <summary>Queues a job; null when its queue is full.</summary>
    /// <param name="job">The job.</param>
    /// <param name="isKnown">Whether it is for a known user.</param>
    public Task<TResult>? TryRun<TResult>(Func<TResult> job, bool isKnown)
    {
        var task = new Task<TResult>(job, TaskCreationOptions.RunContinuationsAsynchronously);
        return (isKnown ? known : strangers).TryAdd(task) ? task : null;
    }

    /// <inheritdoc cref="TryRun"/>
    /// <exception cref="ProblemException">The queue is full.</exception>
    public Task<TResult> RunAsync<TResult>(Func<TResult> job, bool isKnown = false) =>
        TryRun(job, isKnown) ?? throw Overloaded;

    /// <summary>Lets the threads end once both queues are empty.</summary>
    public void Dispose()
    {
        known.CompleteAdding();
        strangers.CompleteAdding();
    }

    void Work()
    {
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, Niceness);

        while (Take(Timeout.Infinite) is { } job)
            job.RunSynchronously(TaskScheduler.Default);
    }

    /// <summary>
    /// Takes the next job; null when none arrives in time, or after disposal. Threads that take a job at the
    /// same moment may miscount a turn; later turns make up for it.
    /// </summary>
    Task? Take(int milliseconds)
    {
        BlockingCollection<Task>[] order =
            knownInARow < MaxKnownInARow ? [known, strangers] : [strangers, known];
        var taken = BlockingCollection<Task>.TryTakeFromAny(order, out var job, milliseconds);
        knownInARow = taken >= 0 && order[taken] == known ? knownInARow + 1 : 0;

        return job;
    }

    /// <summary>setpriority(2). On Linux, 0 and 0 mean the calling thread only, contrary to POSIX.</summary>
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetPriority(int which, uint who, int niceness);
}
