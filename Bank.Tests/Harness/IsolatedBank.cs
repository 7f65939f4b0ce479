using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// An API of a test's own, as a process with its own settings on its own database: for limits that would hit
/// other tests, for faults, and for a log that nobody else writes to.
/// </summary>
sealed class IsolatedBank : IAsyncDisposable
{
    readonly IsolatedDatabase database;
    readonly BankProcess process;

    IsolatedBank(IsolatedDatabase database, BankProcess process)
    {
        this.database = database;
        this.process = process;
        Ledger = new RecordedLedger(database.Database);
    }

    public Uri Address => process.Address;

    public NpgsqlDataSource Database => database.Database;

    /// <summary>The ledger in its database, past the API.</summary>
    public RecordedLedger Ledger { get; }

    /// <summary>The id of the process.</summary>
    public int ProcessId => process.Id;

    /// <summary>All that the process printed so far.</summary>
    public string Output => process.Output;

    /// <param name="bank">Whose server the database is made on.</param>
    /// <param name="settings">Configuration, such as <c>Limits:RequestsPerUser=5</c>.</param>
    public static Task<IsolatedBank> StartAsync(BankServer bank, params string[] settings) =>
        StartAsync(bank, api => api, settings);

    /// <summary>Starts one whose API connects otherwise.</summary>
    public static async Task<IsolatedBank> StartAsync(
        BankServer bank, Func<string, string> connect, params string[] settings)
    {
        var database = await IsolatedDatabase.CreateAsync(bank);

        try
        {
            return new IsolatedBank(
                database,
                await BankProcess.StartAsync(
                    connect(ApiConnection.Of(database.ConnectionString)), database.ConnectionString, settings));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that sends no credentials.</summary>
    public HttpClient Anonymous() => new() { BaseAddress = Address };

    /// <summary>Registers a customer of the test's own.</summary>
    public Task<Customer> RegisterAsync() => Customer.RegisterAsync(Address);

    /// <summary>Asks its process to stop, and answers its exit code.</summary>
    public Task<int> StopAsync() => process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await database.DisposeAsync();
    }
}
