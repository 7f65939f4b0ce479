using System.Net.Sockets;

namespace Bank.Tests.Faults;

/// <summary>A money query that waits in the proxy, as on a network that heals late.</summary>
sealed class StalledQuery
{
    readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Socket? client;

    /// <summary>Completes when the query has reached the proxy.</summary>
    public Task Arrived => arrived.Task;

    /// <summary>Forwards the query to the server, even if its client is gone.</summary>
    /// <returns>Completes when the client has closed the connection.</returns>
    public Task ResumeAsync()
    {
        resumed.TrySetResult();
        return ended.Task;
    }

    /// <summary>Closes the connection to the client, but not to the server.</summary>
    public void HangUp() => client!.Shutdown(SocketShutdown.Send);

    public void MarkEnded() => ended.TrySetResult();

    /// <summary>Waits until the test resumes the query.</summary>
    /// <param name="from">The client's side of the connection.</param>
    public Task ArriveAsync(Socket from)
    {
        client = from;
        arrived.TrySetResult();
        return resumed.Task;
    }
}
