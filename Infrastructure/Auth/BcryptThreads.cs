using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Runs bcrypt on threads of its own, one for every two cores, with two bounded queues before them: known
/// customers go first, and strangers together have every fourth turn while some of those wait. On Linux the
/// threads run at a lower priority, so that a flood of sign-ins takes little from who is signed in. Priority
/// alone does not do: on the virtual machine that was measured even idle-priority loops on both cores took two
/// thirds of the API's throughput, and on one of them two fifths.
/// </summary>
sealed class BcryptThreads : IDisposable
{
    /// <summary>On the scale of nice(2): about a tenth of a contended core.</summary>
    const int Niceness = 10;

    const int KnownInARow = 3;

    /// <summary>How many passwords are verified at once.</summary>
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

    /// <summary>Is told of each job how long it waited and how long it ran.</summary>
    public Action<TimeSpan, TimeSpan>? Measured { get; set; }

    /// <summary>What ends a request for which there is no place in the queue.</summary>
    public static ProblemException Overloaded =>
        new(Problem.Overloaded) { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>How many jobs wait.</summary>
    public int Waiting => known.Count + strangers.Count;

    /// <summary>Runs a job when its turn comes; null when too many such jobs wait already.</summary>
    /// <param name="job">The job.</param>
    /// <param name="isKnown">Whether it is for a customer who is known.</param>
    public Task<TResult>? TryRun<TResult>(Func<TResult> job, bool isKnown)
    {
        var askedAt = Stopwatch.GetTimestamp();
        var task = new Task<TResult>(
            () => Measure(askedAt, job), TaskCreationOptions.RunContinuationsAsynchronously);

        return (isKnown ? known : strangers).TryAdd(task) ? task : null;
    }

    /// <inheritdoc cref="TryRun"/>
    /// <exception cref="ProblemException">Too many such jobs wait already.</exception>
    public Task<TResult> RunAsync<TResult>(Func<TResult> job, bool isKnown = false) =>
        TryRun(job, isKnown) ?? throw Overloaded;

    /// <summary>Lets the threads end once nothing waits any more.</summary>
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

    TResult Measure<TResult>(long askedAt, Func<TResult> job)
    {
        var beganAt = Stopwatch.GetTimestamp();

        try
        {
            return job();
        }
        finally
        {
            Measured?.Invoke(
                Stopwatch.GetElapsedTime(askedAt, beganAt), Stopwatch.GetElapsedTime(beganAt));
        }
    }

    /// <summary>
    /// The job whose turn it is; null when none comes in time, or ever again. Threads that take at once may
    /// count a turn wrongly, which the next ones mend.
    /// </summary>
    Task? Take(int milliseconds)
    {
        BlockingCollection<Task>[] turns = knownInARow < KnownInARow ? [known, strangers] : [strangers, known];
        var taken = BlockingCollection<Task>.TryTakeFromAny(turns, out var job, milliseconds);
        knownInARow = taken >= 0 && turns[taken] == known ? knownInARow + 1 : 0;

        return job;
    }

    /// <summary>setpriority(2); on Linux 0 and 0 mean the calling thread alone, in spite of POSIX.</summary>
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetPriority(int which, uint who, int niceness);
}
