using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>A test's own database on the shared server; dropped after the test.</summary>
sealed class IsolatedDatabase : IAsyncDisposable
{
    readonly BankServer bank;
    readonly string name;

    IsolatedDatabase(BankServer bank, string name)
    {
        this.bank = bank;
        this.name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(bank.ConnectionString)
        {
            Database = name,
            MaxPoolSize = 5,
        }.ConnectionString;
        Database = NpgsqlDataSource.Create(ConnectionString);
    }

    /// <summary>The connection string of the owner.</summary>
    public string ConnectionString { get; }

    public NpgsqlDataSource Database { get; }

    /// <summary>Creates an empty database.</summary>
    public static async Task<IsolatedDatabase> CreateAsync(BankServer bank)
    {
        var own = new IsolatedDatabase(bank, $"own_{Names.New()}");
        await bank.Database.ExecuteAsync($"CREATE DATABASE {own.name}");
        return own;
    }

    /// <summary>Creates a database with the schema of the API.</summary>
    public static async Task<IsolatedDatabase> CreateMigratedAsync(BankServer bank)
    {
        var own = await CreateAsync(bank);
        await using var services = own.Services();
        await services.GetRequiredService<DatabaseMigrator>().PrepareAsync(CancellationToken.None);
        return own;
    }

    /// <summary>The API's database services for this database.</summary>
    public ServiceProvider Services(DatabaseOptions? options = null) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(options ?? new DatabaseOptions())
        .AddDatabase(ApiConnection.Of(ConnectionString), ConnectionString, Grants.CreateStatements)
        .BuildServiceProvider();

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await bank.Database.ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
    }
}
