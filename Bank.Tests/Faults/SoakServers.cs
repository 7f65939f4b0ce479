using Bank.Infrastructure.Configuration;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Faults;

/// <summary>A primary and its synchronous standby, each behind a fault-injecting proxy.</summary>
sealed class SoakServers : IAsyncDisposable
{
    /// <summary>The database.</summary>
    public const string Name = "soaked";

    readonly ReplicatedPostgres pair = new();
    readonly Dictionary<PostgresNode, DatabaseProxy> lines = [];

    /// <summary>The connection string to both servers, through their proxies.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(Line.ConnectionString)
    {
        Host = string.Join(',', lines.Values.Select(AddressOf)),
        Pooling = true,
    }.ConnectionString;

    /// <summary>The proxy of the primary.</summary>
    public DatabaseProxy Line => lines[pair.Primary];

    /// <summary>The connection string to the primary, without its proxy.</summary>
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

    /// <summary>Kills the primary and restarts it, so that it recovers.</summary>
    public Task CrashAsync() => CrashAsync(pair.Primary);

    /// <summary>Kills the standby and restarts it; commits wait meanwhile.</summary>
    public Task CrashStandbyAsync() => CrashAsync(pair.Standby);

    /// <summary>Kills the primary, promotes the standby, and makes the old primary its standby.</summary>
    public Task FailOverFromKilledAsync() => FailOverAsync(primary => primary.Kill());

    /// <summary>Freezes the primary instead of killing it.</summary>
    public Task FailOverFromFrozenAsync() => FailOverAsync(primary => primary.Freeze());

    /// <summary>Lets the primary end sessions that idle for a moment.</summary>
    public async Task EndIdleSessionsAsync(TimeSpan length)
    {
        await AdministerAsync("ALTER SYSTEM SET idle_session_timeout = 20");
        await AdministerAsync("SELECT pg_reload_conf()");
        await Task.Delay(length);
        await AdministerAsync("ALTER SYSTEM RESET idle_session_timeout");
        await AdministerAsync("SELECT pg_reload_conf()");
    }

    /// <summary>Runs SQL at the primary, whatever the settings of the database and the server say.</summary>
    public async Task AdministerAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Primary)
        {
            Options = "-c idle_session_timeout=0 -c default_transaction_read_only=off -c statement_timeout=0 "
                + "-c lock_timeout=0",
        });
        await database.ExecuteAsync(sql);
    }

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
            // The killed server has not ended yet.
            return false;
        }
    }

    static string AddressOf(DatabaseProxy line)
    {
        var settings = new NpgsqlConnectionStringBuilder(line.ConnectionString);
        return $"{settings.Host}:{settings.Port}";
    }
}
