using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>
/// Round robin over the ready instances, by connection. It does not try another instance if the chosen one
/// refuses the connection.
/// </summary>
sealed class LoadBalancer : IAsyncDisposable
{
    /// <summary>The probe interval, as short as load balancers allow.</summary>
    static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(500);

    readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly HttpClient http = HttpVersions.CreateClient(null);
    readonly CancellationTokenSource end = new();
    readonly ConcurrentDictionary<Uri, bool> ready;
    readonly Task running;
    int turn;

    public LoadBalancer(params Uri[] instances)
    {
        ready = new(instances.Select(instance => KeyValuePair.Create(instance, true)));
        http.Timeout = TimeSpan.FromSeconds(5);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Address = new Uri($"http://{listener.LocalEndPoint}");
        running = Task.WhenAll([AcceptAsync(), .. instances.Select(WatchAsync)]);
    }

    public Uri Address { get; }

    /// <summary>Whether an instance receives new connections.</summary>
    public bool Uses(Uri instance) => ready[instance];

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Dispose();
        end.Dispose();
    }

    async Task WatchAsync(Uri instance)
    {
        while (!end.IsCancellationRequested)
        {
            ready[instance] = await IsReadyAsync(instance);
            await Task.Delay(AskEvery, end.Token);
        }
    }

    async Task<bool> IsReadyAsync(Uri instance)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(instance, "/health/ready"), end.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await listener.AcceptAsync());
    }

    async Task ServeAsync(Socket client)
    {
        using var toClient = new NetworkStream(client, ownsSocket: true);

        try
        {
            var used = ready.Where(instance => instance.Value).Select(instance => instance.Key).ToArray();
            var instance = used[(uint)Interlocked.Increment(ref turn) % used.Length];
            using var server = new TcpClient();
            await server.ConnectAsync(instance.Host, instance.Port);
            Task[] directions =
                [toClient.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(toClient)];
            await await Task.WhenAny(directions);
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            // The client notices.
        }
    }
}
