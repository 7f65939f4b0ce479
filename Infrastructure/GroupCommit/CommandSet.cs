using System.Diagnostics;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>The commands of one request, whose caller waits until each of them has a result.</summary>
/// <param name="count">The number of commands.</param>
/// <param name="timeout">The time within which the outcomes must be known.</param>
/// <param name="time">The clock.</param>
/// <param name="isBulk">Whether the request is a bulk.</param>
sealed class CommandSet(int count, TimeSpan timeout, TimeProvider time, bool isBulk = false)
{
    // Callers continue elsewhere: the next query must not wait until they have written their responses.
    readonly TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int pending = count;

    public bool IsBulk => isBulk;

    /// <summary>Completes when each of the commands has a result.</summary>
    public Task Completed => completed.Task;

    /// <summary>When the commands arrived, as <see cref="TimeProvider.GetTimestamp"/> says.</summary>
    public long ArrivedAt { get; } = time.GetTimestamp();

    /// <summary>The span of the request, if it has one.</summary>
    public Activity? Origin { get; } = Activity.Current;

    /// <summary>
    /// Whether the time within which the outcomes must be known is over, and a grace period with it.
    /// </summary>
    public bool IsOverdue(TimeSpan grace) => time.GetElapsedTime(ArrivedAt) >= timeout + grace;

    /// <summary>Marks one more of the commands as completed.</summary>
    public void MarkCompleted()
    {
        if (Interlocked.Decrement(ref pending) == 0)
            completed.SetResult();
    }
}
