using System.Globalization;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>
/// An API process with its own settings and its own database: for limits that would affect other tests, for
/// faults, and for a log without other tests' lines.
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

    /// <summary>The address at which it speaks HTTP/2, if <c>Serving:Http2Address</c> names one.</summary>
    public Uri? Http2Address => process.Http2Address;

    public NpgsqlDataSource Database => database.Database;

    /// <summary>The ledger in the database.</summary>
    public RecordedLedger Ledger { get; }

    /// <summary>The id of the process.</summary>
    public int ProcessId => process.Id;

    /// <summary>The files and connections that the process has open, on Linux.</summary>
    public int OpenFiles => Directory.EnumerateFileSystemEntries($"/proc/{ProcessId}/fd").Count();

    /// <summary>A line of the process's status, on Linux: a number, or a size in KiB.</summary>
    public int Status(string name) => int.Parse(
        File.ReadLines($"/proc/{ProcessId}/status")
            .First(line => line.StartsWith($"{name}:", StringComparison.Ordinal))
            .Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>The output of the process so far.</summary>
    public string Output => process.Output;

    /// <param name="bank">The server for the database.</param>
    /// <param name="settings">Configuration, such as <c>Limits:RequestsPerUser=5</c>.</param>
    public static Task<IsolatedBank> StartAsync(BankServer bank, params string[] settings) =>
        StartAsync(bank, api => api, settings);

    /// <summary>Starts a bank whose API uses a modified connection string.</summary>
    public static Task<IsolatedBank> StartAsync(
        BankServer bank, Func<string, string> connect, params string[] settings) =>
        StartAsync(bank, connect, maxFiles: null, settings);

    /// <summary>Starts a bank that may open so many files.</summary>
    public static async Task<IsolatedBank> StartAsync(
        BankServer bank, Func<string, string> connect, int? maxFiles, params string[] settings)
    {
        var database = await IsolatedDatabase.CreateAsync(bank);

        try
        {
            return new IsolatedBank(
                database,
                await BankProcess.StartAsync(
                    connect(ApiConnection.Of(database.ConnectionString)), database.ConnectionString,
                    settings, maxFiles));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that sends no credentials.</summary>
    public HttpClient Anonymous() => HttpVersions.CreateClient(Address);

    /// <summary>Registers a new customer.</summary>
    public Task<Customer> RegisterAsync() => Customer.RegisterAsync(Address);

    /// <summary>Stops the process and returns its exit code.</summary>
    public Task<int> StopAsync() => process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await database.DisposeAsync();
    }
}
