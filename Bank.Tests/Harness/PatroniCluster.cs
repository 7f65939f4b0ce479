using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// Three servers under Patroni on this machine: a primary, a synchronous standby and another standby. It
/// needs the Debian packages <c>patroni</c> and <c>etcd-server</c>. The mode is strictly synchronous, so that
/// nothing is confirmed without a standby. There is no watchdog, because it needs a device.
/// </summary>
sealed class PatroniCluster : IAsyncDisposable
{
    /// <summary>The port of every server; each has its own address.</summary>
    public const int Port = 54329;

    const int AgentPort = 54328;
    const int StorePort = 54327;
    const string StoreHost = "127.0.0.10";
    const string Password = "p4ssw0rd-of-the-cluster";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    readonly string directory = Directory.CreateTempSubdirectory("bank-patroni-").FullName;
    readonly HttpClient http = new();
    readonly PatroniNode[] nodes;
    readonly Process store;

    PatroniCluster()
    {
        AppDomain.CurrentDomain.ProcessExit += KillAll;
        Unprivileged.Own(directory);
        store = Unprivileged.Start(
            Path.Combine(directory, "etcd.log"),
            "etcd", "--enable-v2", "--data-dir", Path.Combine(directory, "etcd"),
            "--listen-client-urls", $"http://{StoreHost}:{StorePort}",
            "--advertise-client-urls", $"http://{StoreHost}:{StorePort}",
            "--listen-peer-urls", $"http://{StoreHost}:{StorePort - 1}",
            "--initial-advertise-peer-urls", $"http://{StoreHost}:{StorePort - 1}",
            "--initial-cluster", $"default=http://{StoreHost}:{StorePort - 1}");
        nodes = [NodeAt("a", "127.0.0.11"), NodeAt("b", "127.0.0.12"), NodeAt("c", "127.0.0.13")];
    }

    /// <summary>Whether the programs are installed.</summary>
    public static bool IsInstalled => File.Exists("/usr/bin/patroni") && File.Exists("/usr/bin/etcd");

    /// <summary>The hosts as a connection string lists them.</summary>
    string Hosts => string.Join(',', nodes.Select(node => node.Host));

    public static async Task<PatroniCluster> StartAsync()
    {
        var cluster = new PatroniCluster();

        foreach (var node in cluster.nodes)
            node.Start();

        await cluster.WaitUntilHealthyAsync();

        return cluster;
    }

    /// <summary>The connection string to a database on the primary, whichever it is.</summary>
    public string ConnectionString(string database) => At(Hosts, database);

    /// <summary>The connection string to a database on one server.</summary>
    public static string At(PatroniNode node, string database) => At(node.Host, database);

    /// <summary>Waits until both standbys follow the primary, and returns the primary.</summary>
    public async Task<PatroniNode> WaitUntilHealthyAsync()
    {
        PatroniNode? primary = null;
        await UntilAsync(async () => (primary = await PrimaryAsync(isWhole: true)) is not null);

        return primary!;
    }

    /// <summary>Waits until another server is the primary.</summary>
    public Task WaitForFailoverAsync(PatroniNode primary) => UntilAsync(
        async () => await PrimaryAsync(isWhole: false) is { } other && other != primary);

    /// <summary>Switches over to the synchronous standby.</summary>
    public async Task SwitchOverAsync(PatroniNode primary)
    {
        using var wish = new StringContent(JsonSerializer.Serialize(new { leader = primary.Name }));
        using var answer = await http.PostAsync(Agent(primary, "switchover"), wish);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        KillAll(null, EventArgs.Empty);
        AppDomain.CurrentDomain.ProcessExit -= KillAll;
        await store.WaitForExitAsync();
        store.Dispose();
        http.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    static string At(string hosts, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = hosts,
        Port = Port,
        Username = "postgres",
        Password = Password,
        Database = database,
        Pooling = false,
        Timeout = 5,
    }.ConnectionString;

    static Uri Agent(PatroniNode node, string path) => new($"http://{node.Host}:{AgentPort}/{path}");

    /// <summary>
    /// The primary according to an agent; null without one, or if the cluster is not whole.
    /// </summary>
    async Task<PatroniNode?> PrimaryAsync(bool isWhole)
    {
        foreach (var node in nodes)
        {
            try
            {
                using var patience = new CancellationTokenSource(RequestTimeout);
                var cluster = await http.GetFromJsonAsync<JsonElement>(
                    Agent(node, "cluster"), patience.Token);
                var members = cluster.GetProperty("members").EnumerateArray().ToArray();
                var leader = members.FirstOrDefault(member => Is(member, "role", "leader"));

                if (leader.ValueKind is JsonValueKind.Undefined || !Is(leader, "state", "running"))
                    continue;

                var followers = members.Where(member => !Is(member, "role", "leader")
                    && Is(member, "state", "running")
                    && TimelineOf(member) is { } own && own == TimelineOf(leader)).ToArray();
                var areAllThere = followers.Length == 2
                    && followers.Any(member => Is(member, "role", "sync_standby"));

                if (!isWhole || areAllThere)
                    return nodes.Single(other => Is(leader, "name", other.Name));
            }
            catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
            {
                // Ask the next agent.
            }
        }

        return null;
    }

    static bool Is(JsonElement member, string property, string value) =>
        member.TryGetProperty(property, out var found) && found.GetString() == value;

    /// <summary>The timeline of a member; null if it does not know it yet.</summary>
    static int? TimelineOf(JsonElement member) =>
        member.TryGetProperty("timeline", out var timeline) ? timeline.GetInt32() : null;

    static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var since = Stopwatch.StartNew();

        while (!await isSo())
        {
            since.Elapsed.ShouldBeLessThan(Patience, "the cluster heals");
            await Task.Delay(PollInterval);
        }
    }

    PatroniNode NodeAt(string name, string host) => new(directory, name, host, Settings(name, host));

    string Settings(string name, string host) =>
        $$"""
        scope: bank
        name: {{name}}
        restapi: { listen: '{{host}}:{{AgentPort}}', connect_address: '{{host}}:{{AgentPort}}' }
        etcd: { host: '{{StoreHost}}:{{StorePort}}' }
        watchdog: { mode: 'off' }
        bootstrap:
          dcs:
            ttl: 10
            loop_wait: 2
            retry_timeout: 4
            synchronous_mode: true
            synchronous_mode_strict: true
            postgresql:
              use_pg_rewind: true
              parameters:
                max_connections: 120
                shared_buffers: 32MB
                wal_keep_size: 256MB
                wal_log_hints: 'on'
                wal_retrieve_retry_interval: 500ms
          initdb: [ encoding: UTF8, locale: C ]
        postgresql:
          listen: '{{host}}:{{Port}}'
          connect_address: '{{host}}:{{Port}}'
          data_dir: {{Path.Combine(directory, name)}}
          bin_dir: {{PostgresNode.Binaries}}
          pgpass: {{Path.Combine(directory, name)}}.pgpass
          pg_hba: [ host all all 127.0.0.0/8 trust, host replication all 127.0.0.0/8 trust ]
          authentication:
            superuser: { username: postgres, password: {{Password}} }
            replication: { username: replicator, password: {{Password}} }
          parameters: { unix_socket_directories: '' }
        """;

    void KillAll(object? sender, EventArgs exit)
    {
        foreach (var node in nodes)
            node.Kill();

        store.Kill();
    }
}
