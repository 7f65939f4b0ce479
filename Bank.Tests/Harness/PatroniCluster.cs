using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// Three servers that Patroni runs, of which one is the primary and one its synchronous standby, on this
/// machine: the programs of Debian's packages <c>patroni</c> and <c>etcd-server</c>. Strictly synchronous, so
/// that nothing is confirmed while no standby is there; without a watchdog, which takes a device.
/// </summary>
sealed class PatroniCluster : IAsyncDisposable
{
    /// <summary>That of every server; each has an address of its own.</summary>
    public const int Port = 54329;

    const int AgentPort = 54328;
    const int StorePort = 54327;
    const string StoreHost = "127.0.0.10";
    const string Password = "p4ssw0rd-of-the-cluster";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(2);
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

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

    /// <summary>Whether the programs are there.</summary>
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

    /// <summary>How to connect to a database, at whichever server is the primary.</summary>
    public string ConnectionString(string database) => At(Hosts, database);

    /// <summary>How to connect to a database at one of the servers.</summary>
    public static string At(PatroniNode node, string database) => At(node.Host, database);

    /// <summary>Waits until one is the primary and both others follow it, and answers the primary.</summary>
    public async Task<PatroniNode> WaitUntilHealthyAsync()
    {
        PatroniNode? primary = null;
        await UntilAsync(async () => (primary = await PrimaryAsync(isWhole: true)) is not null);

        return primary!;
    }

    /// <summary>Waits until another than this one is the primary.</summary>
    public Task WaitForFailoverAsync(PatroniNode primary) => UntilAsync(
        async () => await PrimaryAsync(isWhole: false) is { } other && other != primary);

    /// <summary>Lets the synchronous standby take over in order.</summary>
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

    /// <summary>The primary, as an agent knows it; null where there is none, or not all that is to be.</summary>
    async Task<PatroniNode?> PrimaryAsync(bool isWhole)
    {
        foreach (var node in nodes)
        {
            try
            {
                using var patience = new CancellationTokenSource(LookPatience);
                var cluster = await http.GetFromJsonAsync<JsonElement>(Agent(node, "cluster"), patience.Token);
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
                // Another one may know.
            }
        }

        return null;
    }

    static bool Is(JsonElement member, string property, string value) =>
        member.TryGetProperty(property, out var found) && found.GetString() == value;

    /// <summary>The timeline of a member; null where it does not know it yet.</summary>
    static int? TimelineOf(JsonElement member) =>
        member.TryGetProperty("timeline", out var timeline) ? timeline.GetInt32() : null;

    static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var since = Stopwatch.StartNew();

        while (!await isSo())
        {
            since.Elapsed.ShouldBeLessThan(Patience, "the cluster heals");
            await Task.Delay(LookEvery);
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
