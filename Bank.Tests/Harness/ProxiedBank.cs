namespace Bank.Tests.Harness;

/// <summary>
/// A bank that trusts two proxies and one other origin, and logs its requests: one process for all tests of
/// what proxies and browsers add to a request.
/// </summary>
public sealed class ProxiedBank(BankServer server) : IAsyncLifetime
{
    /// <summary>An origin that may use this bank from a browser.</summary>
    public const string App = "https://app.example.com";

    IsolatedBank bank = null!;

    public Uri Address => bank.Address;

    /// <summary>The output of the process so far.</summary>
    public string Output => bank.Output;

    public async ValueTask InitializeAsync() => bank = await IsolatedBank.StartAsync(
        server, "Proxies:0=127.0.0.1", "Proxies:1=10.0.0.0/8", $"Cors:Origins:0={App}",
        "Logging:Requests=true", "Limits:FailedSignInsPerAddress=3");

    public ValueTask DisposeAsync() => bank.DisposeAsync();

    public Task<Customer> RegisterAsync() => bank.RegisterAsync();

    /// <summary>A client that sends these headers with every request.</summary>
    public HttpClient With(params (string Name, string Value)[] headers)
    {
        var http = bank.Anonymous();

        foreach (var (name, value) in headers)
            http.DefaultRequestHeaders.TryAddWithoutValidation(name, value).ShouldBeTrue();

        return http;
    }
}
