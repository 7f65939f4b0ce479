using System.Diagnostics;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>The commands of one request, whose caller waits until each of them is answered.</summary>
/// <param name="count">How many they are.</param>
/// <param name="timeout">The time in which their outcomes must be known.</param>
/// <param name="isBulk">Whether they came in bulk.</param>
sealed class CommandSet(int count, TimeSpan timeout, bool isBulk = false)
{
    // Callers go on elsewhere: the next statement must not wait until they have written their answers.
    readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
    int unanswered = count;

    public bool IsBulk => isBulk;

    /// <summary>Completes when all of them are answered.</summary>
    public Task Answered => answered.Task;

    /// <summary>When they arrived, by <see cref="Stopwatch"/>.</summary>
    public long ArrivedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>The span of the request, if it has one.</summary>
    public Activity? Origin { get; } = Activity.Current;

    /// <summary>Whether the time in which the outcomes must be known has been over for so long.</summary>
    public bool IsOverdueFor(TimeSpan time) =>
        Environment.TickCount64 >= deadline + (long)time.TotalMilliseconds;

    /// <summary>Takes note that one more of them is answered.</summary>
    public void NoteAnswered()
    {
        if (Interlocked.Decrement(ref unanswered) == 0)
            answered.SetResult();
    }
}
