using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Bank.Tests.Faults;

/// <summary>A connection through the proxy, forwarded message by message.</summary>
sealed partial class ProxiedConnection(DatabaseProxy proxy, Socket client, Socket server)
{
    readonly HashSet<string> changes = [];
    volatile bool isChangeRunning;
    volatile bool isAskedForSession;
    StalledQuery? stalled;

    /// <summary>Forwards until either side closes or the proxy cuts the connection.</summary>
    public async Task RunAsync()
    {
        await using var toClient = new NetworkStream(client);
        await using var toServer = new NetworkStream(server);
        await using var fromClient = new BufferedStream(toClient);
        await using var fromServer = new BufferedStream(toServer);
        Task[] directions =
        [
            ForwardRequestsAsync(fromClient, toServer), ForwardAnswersAsync(fromServer, toClient),
        ];

        await Task.WhenAny(directions);
        Cut();
        await Task.WhenAll(directions).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stalled?.MarkEnded();
    }

    public void Cut()
    {
        client.Dispose();
        server.Dispose();
    }

    async Task ForwardRequestsAsync(Stream fromClient, Stream toServer)
    {
        var message = await ProtocolMessage.ReadFirstAsync(fromClient);

        if (proxy.RefusesSettings && message.HasSettings)
        {
            await client.SendAsync(ProtocolMessage.SettingsRefused.Bytes);
            return;
        }

        while (true)
        {
            await proxy.WaitForResumeAsync();

            if (message.Type is 'P' or 'B' && isChangeRunning && proxy.TakeStalledQuery() is { } query)
            {
                stalled = query;
                await stalled.ArriveAsync(client);
            }

            await toServer.WriteAsync(message.Bytes);

            if (message.Type == 'S' && isChangeRunning && proxy.MustCut(CutPoint.AfterRequest))
                return;

            message = await ProtocolMessage.ReadAsync(fromClient);
            Track(message);
        }
    }

    async Task ForwardAnswersAsync(Stream fromServer, Stream toClient)
    {
        while (true)
        {
            var message = await ProtocolMessage.ReadAsync(fromServer);
            await proxy.WaitForResumeAsync();

            if (proxy.RenamesSessions && message.Type == 'K')
                message.RenameSession();

            if (proxy.HidesRenaming && message.Type == 'D' && isAskedForSession)
                message.RenameAskedSession();

            if (message.Type == 'Z' && isChangeRunning && proxy.MustCut(CutPoint.BeforeReady))
                return;

            if (!proxy.IsDroppingResponses)
                await toClient.WriteAsync(message.Bytes);
        }
    }

    /// <summary>Tracks whether a writing query runs, by its text or its prepared name.</summary>
    void Track(ProtocolMessage message)
    {
        if (message.Type == 'P')
        {
            var (name, text) = message.Parsed;
            isChangeRunning = Change.IsMatch(text);
            isAskedForSession = text.Contains("SELECT pg_backend_pid()", StringComparison.Ordinal);

            if (isChangeRunning)
                changes.Add(name);
            else
                changes.Remove(name);
        }
        else if (message.Type == 'B')
        {
            isChangeRunning = changes.Contains(message.Bound);
            isAskedForSession &= message.Bound is "";
        }
    }

    /// <summary>
    /// The change of a request, but not the API's own release of expired holds every second.
    /// </summary>
    [GeneratedRegex(@"^(?!WITH due AS).*(INSERT INTO |UPDATE \w+\s+SET)", RegexOptions.Singleline)]
    static partial Regex Change { get; }
}
