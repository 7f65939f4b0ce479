using Bank.Infrastructure.Configuration;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

[assembly: AssemblyFixture(typeof(BankServer))]

namespace Bank.Tests.Harness;

/// <summary>
/// One PostgreSQL, one migrated database and one API on a real socket for the whole run. Every test registers
/// its own customers, so that nothing is ever reset and no test minds another.
/// </summary>
public sealed class BankServer : IAsyncLifetime
{
    Api? api;
    TestPostgres? postgres;

    /// <summary>The API's address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The database that the API serves from.</summary>
    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>The ledger in that database, without the API.</summary>
    public RecordedLedger Ledger { get; private set; } = null!;

    /// <summary>How the owner of its tables connects to that database.</summary>
    public string ConnectionString => postgres!.ConnectionString;

    /// <summary>The services of the running API.</summary>
    public IServiceProvider Services => api!.Services;

    public async ValueTask InitializeAsync()
    {
        try
        {
            postgres = await TestPostgres.StartAsync();
        }
        catch (StartupException none)
        {
            // Said here it is said once; as a failure of this fixture it would be said by every test.
            await Console.Error.WriteLineAsync(none.Message);
            Environment.Exit(1);
        }

        Database = NpgsqlDataSource.Create(ConnectionString);
        Ledger = new RecordedLedger(Database);
        api = new Api(ConnectionString);
        api.UseKestrel(0);
        api.StartServer();
        Uri[] addresses =
        [
            .. api.Services.GetRequiredService<IServer>().Features
                .GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(address => new Uri(address)),
        ];
        Address = HttpVersions.IsHttp2 ? addresses[^1] : addresses[0];
        HttpVersions.Record(Address, addresses[0]);
    }

    /// <summary>A client that sends no credentials.</summary>
    public HttpClient Anonymous() => HttpVersions.CreateClient(Address);

    /// <summary>Registers a customer of the test's own.</summary>
    public Task<Customer> RegisterAsync() => Customer.RegisterAsync(Address);

    /// <summary>Registers a customer with an account for each of the balances given.</summary>
    public async Task<(Customer Customer, long[] Accounts)> RegisterAsync(params decimal[] balances)
    {
        var customer = await RegisterAsync();
        var accounts = new List<long>();

        foreach (var balance in balances)
            accounts.Add(await customer.OpenAccountAsync(balance));

        return (customer, [.. accounts]);
    }

    public async ValueTask DisposeAsync()
    {
        if (api is not null)
            await api.DisposeAsync();

        if (Database is not null)
            await Database.DisposeAsync();

        if (postgres is not null)
            await postgres.DisposeAsync();
    }

    sealed class Api(string connectionString) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
            .UseEnvironment("Testing")
            .UseSetting("ConnectionStrings:Bank", ApiConnection.Of(connectionString))
            .UseSetting("ConnectionStrings:Owner", connectionString)
            .UseSetting("Passwords:WorkFactor", "4")
            .UseSetting("Limits:RegistrationsPerAddress", "0")
            .UseSetting("Limits:FailedSignInsPerAddress", "0")
            .UseSetting("Webhooks:Key", WebhookReceiver.Key)
            .UseSetting("Serving:ShutdownDelay", "00:00:00")
            .UseSetting("Logging:Console:LogLevel:Default", "Error")
            .UseSetting("urls", "http://127.0.0.1:0")
            .UseSetting("Serving:Http2Address", HttpVersions.IsHttp2 ? "http://127.0.0.2:0" : "");
    }
}
