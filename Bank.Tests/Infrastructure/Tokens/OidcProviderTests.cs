using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>The flows of OAuth 2.0 with the npm package oidc-provider as the authority.</summary>
[Trait("Speed", "Slow")]
public sealed class OidcProviderTests(BankServer server)
{
    const string Callback = "https://app.example.com/callback";
    const string MachineSecret = "a secret of the machine";

    [Fact]
    public async Task Machine_and_app_sign_in_at_oidc_provider()
    {
        using var authority = await NodeAuthority.StartAsync("oidc-provider.js", TestAuthority.Audience);
        await using var bank = await IsolatedBank.StartAsync(
            server, TokenBanks.SettingsFor(authority.Issuer));
        // The client finds the authority by the challenge of the bank.
        using var issuer = new HttpClient { BaseAddress = new Uri(await FindAuthorityAsync(bank)) };

        var machine = new Customer("", TokenBanks.With(
            bank.Address, await MachineTokenAsync(issuer, "bank", TestAuthority.Audience)));
        var app = new Customer("", TokenBanks.With(bank.Address, await AppTokenAsync(issuer.BaseAddress)));
        var (from, to) = (await machine.OpenAccountAsync(10m), await app.OpenAccountAsync());
        await machine.PayAsync(from, to, 4m);

        (await app.BalanceAsync(to)).ShouldBe(4m);
        (await app.Http.GetAsync($"/accounts/{from}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var reader = TokenBanks.With(
            bank.Address, await MachineTokenAsync(issuer, "bank.read", TestAuthority.Audience));
        (await reader.GetAsync($"/accounts/{from}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await reader.PostAsync("/accounts/", null))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient_scope");
        using var other = TokenBanks.With(
            bank.Address, await MachineTokenAsync(issuer, "bank", "https://other.example.com"));
        await (await other.GetAsync("/auth/me"))
            .ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    static async Task<string> FindAuthorityAsync(IsolatedBank bank)
    {
        using var http = bank.Anonymous();
        using var refused = await http.GetAsync("/auth/me");
        var challenge = refused.Headers.WwwAuthenticate.Single(one => one.Scheme == "Bearer").Parameter!;
        var metadata = await http.GetFromJsonAsync<JsonElement>(challenge.Split('"')[1]);

        return metadata.GetProperty("authorization_servers")[0].GetString()!;
    }

    /// <summary>Client credentials (RFC 6749, section 4.4) for a resource (RFC 8707).</summary>
    static async Task<string> MachineTokenAsync(HttpClient issuer, string scope, string resource)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["scope"] = scope,
                ["resource"] = resource,
            }),
        };
        request.Headers.Authorization = Customer.Basic("machine", WebUtility.UrlEncode(MachineSecret));

        return await ReadTokenAsync(await issuer.SendAsync(request));
    }

    /// <summary>A code with PKCE (RFC 7636), as a browser would get it.</summary>
    static async Task<string> AppTokenAsync(Uri? issuer)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = issuer };
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var address = $"/auth?client_id=app&response_type=code&scope=openid%20bank&redirect_uri={Callback}"
            + $"&code_challenge={challenge}&code_challenge_method=S256&resource={TestAuthority.Audience}";

        while (!address.StartsWith(Callback, StringComparison.Ordinal))
        {
            using var response = await browser.GetAsync(address);
            response.StatusCode.ShouldBe(
                HttpStatusCode.SeeOther, await response.Content.ReadAsStringAsync());
            address = response.Headers.Location!.OriginalString;
        }

        return await ReadTokenAsync(await browser.PostAsync(
            "/token", new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "authorization_code",
                ["client_id"] = "app",
                ["redirect_uri"] = Callback,
                ["code"] = HttpUtility.ParseQueryString(new Uri(address).Query)["code"]!,
                ["code_verifier"] = verifier,
                ["resource"] = TestAuthority.Audience,
            })));
    }

    static async Task<string> ReadTokenAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.JsonAsync()).GetProperty("access_token").GetString()!;
    }
}
