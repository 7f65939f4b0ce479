using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Faults;

/// <summary>An isolated bank whose APIs reach the database through a proxy that injects faults.</summary>
sealed class BankBehindProxy : IAsyncDisposable
{
    readonly IsolatedDatabase database;
    readonly List<BankProcess> processes = [];

    BankBehindProxy(IsolatedDatabase database, DatabaseProxy proxy)
    {
        this.database = database;
        Proxy = proxy;
        Ledger = new RecordedLedger(database.Database);
    }

    public DatabaseProxy Proxy { get; }

    /// <summary>The database, without the proxy.</summary>
    public NpgsqlDataSource Database => database.Database;

    /// <summary>The ledger, without the proxy.</summary>
    public RecordedLedger Ledger { get; }

    /// <summary>The first API.</summary>
    public BankProcess Api => processes[0];

    public static Task<BankBehindProxy> StartAsync(BankServer server, params string[] settings) =>
        StartAsync(server, to => new DatabaseProxy(to), settings);

    /// <summary>Starts a bank behind the given proxy.</summary>
    public static async Task<BankBehindProxy> StartAsync(
        BankServer server, Func<string, DatabaseProxy> connect, params string[] settings)
    {
        var database = await IsolatedDatabase.CreateAsync(server);
        var bank = new BankBehindProxy(database, connect(database.ConnectionString));
        await bank.StartApiAsync(settings);

        return bank;
    }

    /// <summary>Starts another API on the same database.</summary>
    public async Task<BankProcess> StartApiAsync(params string[] settings)
    {
        var process = await BankProcess.StartAsync(Proxy.ConnectionString, settings);
        processes.Add(process);

        return process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            await process.DisposeAsync();

        await Proxy.DisposeAsync();
        await database.DisposeAsync();
    }
}
