using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Telemetry;

/// <summary>An API of one class of tests alone, which serves its metrics.</summary>
public sealed partial class MeasuredBank(BankServer server) : IAsyncLifetime
{
    /// <summary>How often a sign-in may fail.</summary>
    public const int Failures = 2;

    /// <summary>What the API would sign in to the database with, if that asked.</summary>
    public const string DatabasePassword = "p4ssw0rd-of-the-role";

    readonly HttpClient prometheus = new();

    internal OwnBank Bank { get; private set; } = null!;

    /// <summary>Where the process said that its metrics are.</summary>
    public Uri Metrics => new(Address.Match(Bank.Output).Value);

    public async ValueTask InitializeAsync() => Bank = await OwnBank.StartAsync(
        server, connection => $"{connection};Password={DatabasePassword};Persist Security Info=true",
        "Metrics:Address=http://127.0.0.1:0", $"Limits:FailedSignInsPerUser={Failures}");

    public ValueTask DisposeAsync()
    {
        prometheus.Dispose();
        return Bank.DisposeAsync();
    }

    internal async Task<Scrape> ScrapeAsync() => new(await prometheus.GetStringAsync(Metrics));

    [GeneratedRegex(@"http://\S+/metrics")]
    static partial Regex Address { get; }
}
