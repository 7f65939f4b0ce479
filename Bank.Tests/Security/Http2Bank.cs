using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>
/// A bank that speaks HTTP/2 at an address of its own, and cuts readers and slow requests soon.
/// </summary>
public sealed class Http2Bank(BankServer server) : IAsyncLifetime
{
    /// <summary>How long a response waits for its client to read, in seconds.</summary>
    public const int ReadTimeout = 2;

    IsolatedBank bank = null!;

    public Uri Address => bank.Http2Address!;

    /// <summary>The output of the process so far.</summary>
    public string Output => bank.Output;

    /// <summary>A customer who speaks HTTP/2.</summary>
    public Customer Customer { get; private set; } = null!;

    /// <summary>The Authorization header of the customer.</summary>
    public (string Name, string Value) SignIn =>
        ("authorization", Customer.Http.DefaultRequestHeaders.Authorization!.ToString());

    public long Account { get; private set; }

    /// <summary>A line of the process's status, on Linux: a number, or a size in KiB.</summary>
    public int Status(string name) => bank.Status(name);

    public async ValueTask InitializeAsync()
    {
        HttpVersions.Speak(HttpVersions.Http1);
        bank = await IsolatedBank.StartAsync(
            server, api => api, maxFiles: 700, "Serving:Http2Address=http://127.0.0.2:0",
            $"Serving:ReadTimeout=00:00:0{ReadTimeout}", "Database:CommitTimeout=00:00:03");
        var customer = await bank.RegisterAsync();
        Account = await customer.OpenAccountAsync();
        await LongHistory.WriteAsync(bank.Database, Account, 5000);
        HttpVersions.Speak(HttpVersions.Http2);
        Customer = customer.At(Address);
    }

    public ValueTask DisposeAsync() => bank.DisposeAsync();

    /// <summary>Whether a customer on another connection is served.</summary>
    public async Task<bool> ServesAsync()
    {
        using var response = await Customer.Http.GetAsync($"/accounts/{Account}");
        return response is { StatusCode: HttpStatusCode.OK, Version.Major: 2 };
    }
}
