using System.Net.Sockets;

namespace Bank.Tests.Faults;

/// <summary>A money statement that got no further than the proxy, as on a line that heals late.</summary>
sealed class StalledQuery
{
    readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Socket? client;

    /// <summary>Completes when the proxy has it.</summary>
    public Task Arrived => arrived.Task;

    /// <summary>Lets the server have it, whether or not its client still waits.</summary>
    /// <returns>Completes when the connection has ended, which the client has to do.</returns>
    public Task ResumeAsync()
    {
        resumed.TrySetResult();
        return ended.Task;
    }

    /// <summary>Lets the client see the end of the connection, while the server does not.</summary>
    public void HangUp() => client!.Shutdown(SocketShutdown.Send);

    public void MarkEnded() => ended.TrySetResult();

    /// <summary>Waits for the release.</summary>
    /// <param name="from">The client's side of the connection.</param>
    public Task ArriveAsync(Socket from)
    {
        client = from;
        arrived.TrySetResult();
        return resumed.Task;
    }
}
