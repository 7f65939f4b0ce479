using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bank.Tests.Harness;
using Microsoft.IdentityModel.Tokens;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>
/// Wrong and forged tokens, made of genuine ones of the npm package oauth2-mock-server, and its end.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class MockServerTests(BankServer server)
{
    [Fact]
    public async Task Tokens_of_oauth2_mock_server_are_judged_one_by_one()
    {
        using var authority = await NodeAuthority.StartAsync("mock-server.js");
        await using var bank = await IsolatedBank.StartAsync(
            server, [.. TokenBanks.SettingsFor(authority.Issuer), "Tokens:Type=JWT"]);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var genuine = await TokenAsync(authority);
        var customer = new Customer("", TokenBanks.With(bank.Address, genuine));
        var account = await customer.OpenAccountAsync(3m);
        (await customer.BalanceAsync(account)).ShouldBe(3m);

        foreach (var refused in (string[])
        [
            await TokenAsync(authority, ("exp", now - 31)),
            await TokenAsync(authority, ("nbf", now + 60)),
            await TokenAsync(authority, ("aud", "https://other.example.com")),
            await TokenAsync(authority, ("iss", "https://other.example.com")),
            await TokenAsync(authority, ("sub", null)),
            await TokenAsync(authority, ("padding", new string('a', 7000))),
            .. await ForgeriesAsync(authority, genuine),
        ])
        {
            using var http = TokenBanks.With(bank.Address, refused);
            using var response = await http.GetAsync("/auth/me");
            await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        }

        await RotateAsync(authority, bank);
        var fresh = await TokenAsync(authority);
        authority.Kill();
        await ShouldServeWithoutAuthorityAsync(bank, genuine, fresh);
    }

    /// <summary>Keys of another algorithm are published and used at once.</summary>
    static async Task RotateAsync(NodeAuthority authority, IsolatedBank bank)
    {
        await authority.SendAsync("ES256");
        string[] tokens = [await TokenAsync(authority), await TokenAsync(authority)];

        tokens.Select(token => Part(token, 0)["alg"]!.GetValue<string>()).ShouldBe(
            ["RS256", "ES256"], ignoreOrder: true);

        // The forged key ids have used up the fetch of this minute.
        using var first = TokenBanks.With(bank.Address, tokens.Single(token => IsSignedWith(token, "RS256")));
        (await first.GetAsync("/auth/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    static bool IsSignedWith(string token, string algorithm) =>
        Part(token, 0)["alg"]!.GetValue<string>() == algorithm;

    static async Task ShouldServeWithoutAuthorityAsync(IsolatedBank bank, string known, string fresh)
    {
        using var http = TokenBanks.With(bank.Address, known);
        (await http.GetAsync("/auth/me")).StatusCode.ShouldBe(HttpStatusCode.OK);

        if (!IsSignedWith(fresh, "RS256"))
            return;

        using var other = TokenBanks.With(bank.Address, fresh);
        (await other.GetAsync("/auth/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>What somebody without the private key can make of a token.</summary>
    static async Task<string[]> ForgeriesAsync(NodeAuthority authority, string genuine)
    {
        using var http = new HttpClient();
        var keys = await http.GetStringAsync($"{authority.Issuer}/jwks");
        var published = JsonNode.Parse(keys)!["keys"]![0]!;
        using var rsa = RSA.Create(new RSAParameters
        {
            Modulus = Base64UrlEncoder.DecodeBytes(published["n"]!.GetValue<string>()),
            Exponent = Base64UrlEncoder.DecodeBytes(published["e"]!.GetValue<string>()),
        });
        using var own = TestKey.Rsa();
        var parts = genuine.Split('.');
        var token = new TestToken(own, Part(genuine, 0), Part(genuine, 1));
        byte[][] secrets =
        [
            Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), rsa.ExportSubjectPublicKeyInfo(),
            Encoding.UTF8.GetBytes(published["n"]!.GetValue<string>()), [],
        ];

        return
        [
            $"{token}", $"{token.WithHeader("jwk", own.ToJson())}",
            $"{token.WithHeader("kid", own.Id).WithHeader("jwk", own.ToJson())}",
            $"{token.WithHeader("kid", "../../../dev/null")}",
            $"{token.WithHeader("kid", "x' UNION SELECT 'key")}",
            $"{token.WithHeader("alg", "none") with { Signer = _ => [] }}",
            $"{token.WithHeader("alg", "nOnE") with { Signer = _ => [] }}",
            $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}",
            $"{parts[0]}.{TestToken.Encode(token.With("sub", "root").Payload.ToJsonString())}.{parts[2]}",
            .. secrets.Select(secret => $"{token.WithHeader("alg", "HS256") with
            {
                Signer = text => HMACSHA256.HashData(secret, text),
            }}"),
        ];
    }

    static JsonObject Part(string token, int index) =>
        JsonNode.Parse(Base64UrlEncoder.DecodeBytes(token.Split('.')[index]))!.AsObject();

    static async Task<string> TokenAsync(
        NodeAuthority authority, params (string Claim, JsonNode? Value)[] claims)
    {
        var all = new JsonObject { ["sub"] = "ada", ["aud"] = TestAuthority.Audience };

        foreach (var (claim, value) in claims)
            all[claim] = value;

        using var http = new HttpClient();
        using var response = await http.PostAsync(
            $"{authority.Issuer}/token", new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["scope"] = "bank",
                ["claims"] = all.ToJsonString(),
            }));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());

        return (await response.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("access_token").GetString()!;
    }
}
