using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Faults;

/// <summary>A bank of a test's own whose APIs reach its database over a line that may fail.</summary>
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

    /// <summary>The database past the proxy.</summary>
    public NpgsqlDataSource Database => database.Database;

    /// <summary>The ledger past the proxy.</summary>
    public RecordedLedger Ledger { get; }

    /// <summary>The first of its APIs.</summary>
    public BankProcess Api => processes[0];

    public static Task<BankBehindProxy> StartAsync(BankServer server, params string[] settings) =>
        StartAsync(server, to => new DatabaseProxy(to), settings);

    /// <summary>Starts one behind a line that is made for it.</summary>
    public static async Task<BankBehindProxy> StartAsync(
        BankServer server, Func<string, DatabaseProxy> connect, params string[] settings)
    {
        var database = await IsolatedDatabase.CreateAsync(server);
        var bank = new BankBehindProxy(database, connect(database.ConnectionString));
        await bank.StartApiAsync(settings);

        return bank;
    }

    /// <summary>Starts one more API on the same database.</summary>
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
