using System.Net.Http.Headers;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>Two instances of one bank that accept the tokens of an authority.</summary>
public sealed class TokenBanks(BankServer server) : IAsyncLifetime
{
    IsolatedDatabase own = null!;
    BankProcess[] instances = [];

    internal TestAuthority Authority { get; private set; } = null!;

    public NpgsqlDataSource Database => own.Database;

    /// <summary>The address of the first instance.</summary>
    public Uri Address => instances[0].Address;

    /// <summary>The output of the first instance so far.</summary>
    public string Output => instances[0].Output;

    public async ValueTask InitializeAsync()
    {
        Authority = await TestAuthority.StartAsync();
        own = await IsolatedDatabase.CreateAsync(server);
        instances = await BankProcess.StartAsync(2, own.ConnectionString, [
            .. SettingsFor(Authority.Issuer), "Limits:RegistrationsPerAddress=0", "Logging:Requests=true",
            "Proxies:0=127.0.0.1",
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in instances)
            await instance.DisposeAsync();

        if (own is not null)
            await own.DisposeAsync();

        await Authority.DisposeAsync();
    }

    /// <summary>The settings with which a bank accepts the tokens of an authority without TLS.</summary>
    public static string[] SettingsFor(string authority) =>
    [
        "environment=Development", $"Tokens:Authority={authority}",
        $"Tokens:Audience={TestAuthority.Audience}",
    ];

    /// <summary>A client that sends a token with every request to an instance.</summary>
    public HttpClient With(object token, int instance = 0) => With(instances[instance].Address, token);

    /// <summary>A client that sends a token with every request.</summary>
    public static HttpClient With(Uri address, object token)
    {
        var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", $"{token}");
        return http;
    }

    public HttpClient Anonymous() => new() { BaseAddress = Address };
}
