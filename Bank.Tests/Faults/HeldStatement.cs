namespace Bank.Tests.Faults;

/// <summary>A money statement that got no further than the proxy, as on a line that heals late.</summary>
sealed class HeldStatement
{
    readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the proxy has it.</summary>
    public Task Arrived => arrived.Task;

    /// <summary>Lets the server have it, whether or not its client still waits.</summary>
    /// <returns>Completes when the connection has ended, which the client has to do.</returns>
    public Task ReleaseAsync()
    {
        released.TrySetResult();
        return ended.Task;
    }

    public void NoteEnd() => ended.TrySetResult();

    /// <summary>Waits for the release.</summary>
    public Task ArriveAsync()
    {
        arrived.TrySetResult();
        return released.Task;
    }
}
