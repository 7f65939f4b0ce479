using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>An authority whose documents a test decides, and which counts their fetches.</summary>
sealed class TestAuthority : IAsyncDisposable
{
    /// <summary>The audience of its tokens.</summary>
    public const string Audience = "https://bank.example.com";

    WebApplication? server;
    int fetches;

    TestAuthority() => Document = () => new JsonObject
    {
        ["issuer"] = Issuer,
        ["jwks_uri"] = $"{Issuer}/keys",
    };

    /// <summary>Its address, which stays when it starts again.</summary>
    public string Issuer { get; private set; } = "http://127.0.0.1:0";

    /// <summary>The keys that it publishes.</summary>
    public List<TestKey> Keys { get; } = [TestKey.Rsa()];

    /// <summary>The key that it signs with: the last one.</summary>
    public TestKey Key => Keys[^1];

    /// <summary>Its discovery document.</summary>
    public Func<JsonObject> Document { get; set; }

    /// <summary>What it does instead of sending a document.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>How often its discovery document was asked for.</summary>
    public int Fetches => Volatile.Read(ref fetches);

    public static async Task<TestAuthority> StartAsync()
    {
        var authority = new TestAuthority();
        await authority.RestartAsync();
        return authority;
    }

    /// <summary>Starts it at the same address again.</summary>
    public async Task RestartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(Issuer);
        builder.Logging.ClearProviders();
        server = builder.Build();
        server.Run(ServeAsync);
        await server.StartAsync();
        Issuer = server.Urls.Single();
    }

    /// <summary>Ends it, as a crash would: connections to it are refused.</summary>
    public async Task StopAsync()
    {
        if (server is not null)
            await server.DisposeAsync();

        server = null;
    }

    /// <summary>A token that is accepted, for a new user.</summary>
    public TestToken Token(string? subject = null) => new(
        Key,
        new JsonObject { ["typ"] = "at+jwt", ["alg"] = Key.Algorithm, ["kid"] = Key.Id },
        new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = subject ?? $"{Guid.NewGuid():n}",
            ["aud"] = Audience,
            ["exp"] = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds(),
            ["scope"] = "openid bank",
        });

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Keys.ForEach(key => key.Dispose());
    }

    async Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path == "/.well-known/openid-configuration")
            Interlocked.Increment(ref fetches);

        if (Instead is { } instead)
            await instead(context);
        else if (context.Request.Path == "/keys")
            await context.Response.WriteAsync(new JsonObject
            {
                ["keys"] = new JsonArray([.. Keys.Select(key => key.ToJson())]),
            }.ToJsonString());
        else
            await context.Response.WriteAsync(Document().ToJsonString());
    }
}
