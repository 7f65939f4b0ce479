using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>An API with its own database on a healthy pair of servers.</summary>
sealed class ReplicatedBank : IAsyncDisposable
{
    readonly ReplicatedPostgres pair;
    readonly string database;
    readonly List<NpgsqlDataSource> sources = [];

    ReplicatedBank(ReplicatedPostgres pair, string database)
    {
        this.pair = pair;
        this.database = database;
    }

    public BankProcess Api { get; private set; } = null!;

    /// <summary>The ledger on the current primary.</summary>
    public RecordedLedger Ledger => LedgerOf(pair.Primary);

    public static async Task<ReplicatedBank> StartAsync(ReplicatedPostgres pair, params string[] settings)
    {
        await pair.HealAsync();
        var bank = new ReplicatedBank(pair, $"own_{Names.New()}");
        await pair.Primary.ExecuteAsync($"CREATE DATABASE {bank.database}");
        await bank.StartApiAsync(pair.Hosts, ["Database:CommitTimeout=00:00:04", .. settings]);

        return bank;
    }

    /// <summary>Restarts the API with another order of hosts.</summary>
    public async Task StartApiAsync(string hosts, params string[] settings)
    {
        var before = Api;
        Api = await BankProcess.StartAsync(ConnectionString(hosts), settings);

        if (before is not null)
            await before.DisposeAsync();
    }

    /// <summary>The connection string of the API.</summary>
    public string ConnectionString(string hosts) => new NpgsqlConnectionStringBuilder
    {
        Host = hosts,
        Username = "bank",
        Database = database,
    }.ConnectionString;

    /// <summary>The ledger on one of the servers.</summary>
    public RecordedLedger LedgerOf(PostgresNode node)
    {
        var source = NpgsqlDataSource.Create(node.ConnectionString(database));
        sources.Add(source);

        return new RecordedLedger(source);
    }

    /// <summary>Runs a query on the database of the bank on one of the servers.</summary>
    public Task<T> ScalarAsync<T>(PostgresNode node, string sql) => node.ScalarAsync<T>(sql, database);

    public async ValueTask DisposeAsync()
    {
        if (Api is not null)
            await Api.DisposeAsync();

        foreach (var source in sources)
            await source.DisposeAsync();
    }
}
