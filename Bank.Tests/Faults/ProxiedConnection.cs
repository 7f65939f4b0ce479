using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Bank.Tests.Faults;

/// <summary>One connection through the proxy, forwarded message by message.</summary>
sealed partial class ProxiedConnection(DatabaseProxy proxy, Socket client, Socket server)
{
    readonly HashSet<string> changes = [];
    volatile bool isChangeRunning;
    HeldStatement? held;

    /// <summary>Forwards until either side hangs up or the proxy cuts it.</summary>
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
        held?.NoteEnd();
    }

    public void Cut()
    {
        client.Dispose();
        server.Dispose();
    }

    async Task ForwardRequestsAsync(Stream client, Stream server)
    {
        var message = await ProtocolMessage.ReadFirstAsync(client);

        while (true)
        {
            await proxy.PassAsync();

            if (message.Type is 'P' or 'B' && isChangeRunning && proxy.MustHold() is { } statement)
            {
                held = statement;
                await held.ArriveAsync();
            }

            await server.WriteAsync(message.Bytes);

            if (message.Type == 'S' && isChangeRunning && proxy.MustCut(CutPoint.AfterRequest))
                return;

            message = await ProtocolMessage.ReadAsync(client);
            Note(message);
        }
    }

    async Task ForwardAnswersAsync(Stream server, Stream client)
    {
        while (true)
        {
            var message = await ProtocolMessage.ReadAsync(server);
            await proxy.PassAsync();

            if (message.Type == 'K' && proxy.RenamesSessions)
                message.RenameSession();

            if (message.Type == 'Z' && isChangeRunning && proxy.MustCut(CutPoint.BeforeReady))
                return;

            if (!proxy.IsSwallowing)
                await client.WriteAsync(message.Bytes);
        }
    }

    /// <summary>Keeps track of whether a statement that records something runs, by its text or its prepared name.</summary>
    void Note(ProtocolMessage message)
    {
        if (message.Type == 'P')
        {
            var (name, text) = message.Parsed;
            isChangeRunning = Change.IsMatch(text);

            if (isChangeRunning)
                changes.Add(name);
            else
                changes.Remove(name);
        }
        else if (message.Type == 'B')
        {
            isChangeRunning = changes.Contains(message.Bound);
        }
    }

    /// <summary>A request's change; not what the API tidies up by itself every second.</summary>
    [GeneratedRegex(@"^(?!WITH due AS).*(INSERT INTO |UPDATE \w+\s+SET)", RegexOptions.Singleline)]
    static partial Regex Change { get; }
}
