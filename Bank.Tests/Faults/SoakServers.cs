using Bank.Infrastructure.Configuration;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Faults;

/// <summary>A primary and its synchronous standby, each behind a line of its own, in a database of a test's own.</summary>
sealed class SoakServers : IAsyncDisposable
{
    const string Name = "soaked";

    readonly ReplicatedPostgres pair = new();
    readonly Dictionary<PostgresNode, DatabaseProxy> lines = [];

    /// <summary>How an API connects to both, through their lines.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(Line.ConnectionString)
    {
        Host = string.Join(',', lines.Values.Select(AddressOf)),
        Pooling = true,
    }.ConnectionString;

    /// <summary>The line to the primary.</summary>
    public DatabaseProxy Line => lines[pair.Primary];

    /// <summary>How to connect to the primary past its line.</summary>
    public string Primary => pair.Primary.ConnectionString(Name);

    public static async Task<SoakServers> StartAsync()
    {
        var servers = new SoakServers();
        await servers.pair.InitializeAsync();
        await servers.pair.HealAsync();
        await servers.pair.Primary.ExecuteAsync($"CREATE DATABASE {Name}");

        foreach (var node in new[] { servers.pair.Primary, servers.pair.Standby })
            servers.lines.Add(node, new DatabaseProxy(node.ConnectionString(Name)));

        return servers;
    }

    /// <summary>Kills the primary, which comes back and recovers.</summary>
    public Task CrashAsync() => CrashAsync(pair.Primary);

    /// <summary>Kills the standby, for which commits wait until it is back.</summary>
    public Task CrashStandbyAsync() => CrashAsync(pair.Standby);

    /// <summary>Kills the primary; the standby takes its place, and it becomes the standby.</summary>
    public Task FailOverFromKilledAsync() => FailOverAsync(primary => primary.Kill());

    /// <summary>Freezes the primary, and as above.</summary>
    public Task FailOverFromFrozenAsync() => FailOverAsync(primary => primary.Freeze());

    public async ValueTask DisposeAsync()
    {
        foreach (var line in lines.Values)
            await line.DisposeAsync();

        await pair.DisposeAsync();
    }

    async Task FailOverAsync(Action<PostgresNode> lose)
    {
        lose(pair.Primary);
        await pair.PromoteAsync();
        await pair.HealAsync();
    }

    static async Task CrashAsync(PostgresNode node)
    {
        node.Kill();
        await Eventually.TrueAsync(() => TryStartAsync(node), "it starts again");
    }

    static async Task<bool> TryStartAsync(PostgresNode node)
    {
        try
        {
            await node.StartAsync();
            return true;
        }
        catch (StartupException)
        {
            // What was killed has not quite ended yet.
            return false;
        }
    }

    static string AddressOf(DatabaseProxy line)
    {
        var settings = new NpgsqlConnectionStringBuilder(line.ConnectionString);
        return $"{settings.Host}:{settings.Port}";
    }
}
