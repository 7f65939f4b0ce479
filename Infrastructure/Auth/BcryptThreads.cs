using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Runs bcrypt on threads of its own, one for every two cores, with a bounded queue before them. On Linux they
/// run at a lower priority than the rest of the API, so that a flood of sign-ins takes little from those who
/// are signed in. Priority alone does not do: on the virtual machine that was measured even idle-priority
/// loops on both cores took two thirds of the API's throughput, and on one of them two fifths.
/// </summary>
sealed class BcryptThreads : IDisposable
{
    /// <summary>
    /// How much nicer than the rest, on the scale of nice(2): about a tenth of a contended core.
    /// </summary>
    const int Niceness = 10;

    /// <summary>How many passwords are verified at once.</summary>
    public static readonly int Count = Math.Max(1, Environment.ProcessorCount / 2);

    readonly BlockingCollection<Action> jobs;

    public BcryptThreads(PasswordOptions options)
    {
        jobs = new BlockingCollection<Action>(options.QueueCapacity);

        for (var thread = 0; thread < Count; thread++)
            new Thread(Work) { IsBackground = true, Name = "bcrypt" }.Start();
    }

    /// <summary>How many jobs wait for a thread.</summary>
    public int Waiting => jobs.Count;

    /// <summary>Is told of each job how long it waited and how long it ran.</summary>
    public Action<TimeSpan, TimeSpan>? Measured { get; set; }

    /// <summary>Runs a job when a thread is free.</summary>
    /// <exception cref="ProblemException">Too many jobs wait already.</exception>
    public Task<TResult> RunAsync<TResult>(Func<TResult> job)
    {
        var result = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);

        var askedAt = Stopwatch.GetTimestamp();

        if (!jobs.TryAdd(() => Complete(result, () => Measure(askedAt, job))))
            throw new ProblemException(Problem.Overloaded) { RetryAfter = TimeSpan.FromSeconds(1) };

        return result.Task;
    }

    public void Dispose() => jobs.CompleteAdding();

    void Work()
    {
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, Niceness);

        foreach (var job in jobs.GetConsumingEnumerable())
            job();
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

    static void Complete<TResult>(TaskCompletionSource<TResult> result, Func<TResult> job)
    {
        try
        {
            result.SetResult(job());
        }
        catch (Exception fault)
        {
            result.SetException(fault);
        }
    }

    /// <summary>setpriority(2); on Linux 0 and 0 mean the calling thread alone, in spite of POSIX.</summary>
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetPriority(int which, uint who, int niceness);
}
