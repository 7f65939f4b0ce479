using System.Net.Http.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>
/// An API with low limits that trusts 127.0.0.1 as a proxy, so that a test can choose its client address with
/// <c>X-Forwarded-For</c>.
/// </summary>
public sealed class LimitedBank(BankServer server) : IAsyncLifetime
{
    public const int FailuresPerUser = 3;
    public const int FailuresPerAddress = 6;

    /// <summary>The failures that an address may have as a user beyond the limit.</summary>
    public const int ShareOfAddress = 2;

    /// <summary>The addresses that have such a share of a user.</summary>
    public const int AddressesWithShare = 20;

    public const int RegistrationsPerAddress = 2;

    static int addresses;

    IsolatedBank bank = null!;

    public async ValueTask InitializeAsync() => bank = await IsolatedBank.StartAsync(
        server,
        "Proxies:0=127.0.0.1",
        $"Limits:FailedSignInsPerUser={FailuresPerUser}",
        $"Limits:FailedSignInsPerAddress={FailuresPerAddress}",
        $"Limits:RegistrationsPerAddress={RegistrationsPerAddress}");

    public ValueTask DisposeAsync() => bank.DisposeAsync();

    /// <summary>An address that no other test uses.</summary>
    public static string NewAddress()
    {
        var number = Interlocked.Increment(ref addresses);
        return $"10.0.{number / 256}.{number % 256}";
    }

    /// <summary>Registers a user from a new address.</summary>
    public async Task<string> RegisterAsync()
    {
        var username = Names.New();
        using var response = await RegisterAsync(NewAddress(), username);
        response.EnsureSuccessStatusCode();

        return username;
    }

    public Task<HttpResponseMessage> RegisterAsync(string address, string username) =>
        From(address).PostAsJsonAsync("/auth/register", new { username, password = Customer.Password });

    /// <summary>Signs in from an address.</summary>
    public async Task<HttpResponseMessage> SignInAsync(
        string address, string username, string password = Customer.Password)
    {
        using var http = From(address);
        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, password);
        return await http.GetAsync("/auth/me");
    }

    /// <summary>Changes the password to the same one, from an address.</summary>
    public async Task<HttpResponseMessage> ChangePasswordAsync(
        string address, string username, string current)
    {
        using var http = From(address);
        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, Customer.Password);
        return await http.PutAsJsonAsync(
            "/auth/password", new { current_password = current, new_password = Customer.Password });
    }

    /// <summary>
    /// Fails to sign in, each time with a new password, and from a new address unless one is given.
    /// </summary>
    public async Task FailAsync(string username, int times, string? address = null)
    {
        for (var time = 0; time < times; time++)
            (await SignInAsync(address ?? NewAddress(), username, Names.New())).Dispose();
    }

    /// <summary>Fails to sign in until no further address may try.</summary>
    public Task ExhaustAsync(string username) =>
        FailAsync(username, FailuresPerUser + AddressesWithShare);

    /// <summary>Invalidates the user's cached credentials, as the end of their five minutes would.</summary>
    public async Task ForgetAsync(string username)
    {
        await bank.Database.ExecuteAsync("UPDATE users SET username = $1 WHERE username = $1", username);

        // Notifications arrive in order: once a later one has taken effect, this one has too.
        var later = await RegisterAsync();
        var home = NewAddress();
        (await SignInAsync(home, later)).EnsureSuccessStatusCode().Dispose();
        await bank.Database.ExecuteAsync("UPDATE users SET password_hash = 'x' WHERE username = $1", later);
        await Eventually.TrueAsync(
            async () => !(await SignInAsync(home, later)).IsSuccessStatusCode, "the change is told");
    }

    /// <summary>A client with this address.</summary>
    public HttpClient From(string address)
    {
        var http = bank.Anonymous();
        http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return http;
    }
}
