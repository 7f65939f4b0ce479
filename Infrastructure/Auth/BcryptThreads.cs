using System.Diagnostics;
using System.Runtime.InteropServices;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Runs bcrypt on threads of its own, one for every two cores, with two bounded queues before them: known
/// customers go first, and strangers together have every fourth turn while some of those wait. On Linux the
/// threads run at a lower priority than the rest of the API, so that a flood of sign-ins takes little from
/// those who are signed in. Priority alone does not do: on the virtual machine that was measured even
/// idle-priority loops on both cores took two thirds of the API's throughput, and on one of them two fifths.
/// </summary>
sealed class BcryptThreads : IDisposable
{
    /// <summary>
    /// How much nicer than the rest, on the scale of nice(2): about a tenth of a contended core.
    /// </summary>
    const int Niceness = 10;

    const int StrangersTurn = 4;

    /// <summary>How many passwords are verified at once.</summary>
    public static readonly int Count = Math.Max(1, Environment.ProcessorCount / 2);

    readonly Queue<Task> known = new();
    readonly Queue<Task> strangers = new();
    readonly int capacity;
    int turns;
    bool isEnded;

    public BcryptThreads(PasswordOptions options)
    {
        capacity = options.QueueCapacity;

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
        var queue = isKnown ? known : strangers;
        var askedAt = Stopwatch.GetTimestamp();
        var task = new Task<TResult>(
            () => Measure(askedAt, job), TaskCreationOptions.RunContinuationsAsynchronously);

        lock (known)
        {
            if (queue.Count == capacity)
                return null;

            queue.Enqueue(task);
            Monitor.Pulse(known);
        }

        return task;
    }

    /// <inheritdoc cref="TryRun"/>
    /// <exception cref="ProblemException">Too many such jobs wait already.</exception>
    public Task<TResult> RunAsync<TResult>(Func<TResult> job, bool isKnown = false) =>
        TryRun(job, isKnown) ?? throw Overloaded;

    /// <summary>Lets the threads end once nothing waits any more.</summary>
    public void Dispose()
    {
        lock (known)
        {
            isEnded = true;
            Monitor.PulseAll(known);
        }
    }

    void Work()
    {
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, Niceness);

        while (Next() is { } job)
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

    Task? Next()
    {
        lock (known)
        {
            Task? job;

            while ((job = Take()) is null && !isEnded)
                Monitor.Wait(known);

            return job;
        }
    }

    Task? Take()
    {
        lock (known)
        {
            var isStrangers = known.Count == 0 || (strangers.Count > 0 && ++turns % StrangersTurn == 0);
            return (isStrangers ? strangers : known).TryDequeue(out var job) ? job : null;
        }
    }

    /// <summary>setpriority(2); on Linux 0 and 0 mean the calling thread alone, in spite of POSIX.</summary>
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetPriority(int which, uint who, int niceness);
}
