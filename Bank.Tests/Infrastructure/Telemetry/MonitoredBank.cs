using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Telemetry;

/// <summary>An API for one test class, with metrics.</summary>
public sealed partial class MonitoredBank(BankServer server) : IAsyncLifetime
{
    /// <summary>The limit of failed sign-ins.</summary>
    public const int MaxFailures = 2;

    /// <summary>The API's password for the database, which does not ask for it.</summary>
    public const string DatabasePassword = "p4ssw0rd-of-the-role";

    readonly HttpClient prometheus = new();

    internal IsolatedBank Bank { get; private set; } = null!;

    /// <summary>The address of the metrics, as the process logs it.</summary>
    public Uri Metrics => new(Address.Match(Bank.Output).Value);

    public async ValueTask InitializeAsync() => Bank = await IsolatedBank.StartAsync(
        server, connection => $"{connection};Password={DatabasePassword};Persist Security Info=true",
        "Metrics:Address=http://127.0.0.1:0", $"Limits:FailedSignInsPerUser={MaxFailures}",
        $"Webhooks:Key={WebhookReceiver.Key}");

    public ValueTask DisposeAsync()
    {
        prometheus.Dispose();
        return Bank.DisposeAsync();
    }

    internal async Task<Scrape> ScrapeAsync() => new(await prometheus.GetStringAsync(Metrics));

    [GeneratedRegex(@"http://\S+/metrics")]
    static partial Regex Address { get; }
}
