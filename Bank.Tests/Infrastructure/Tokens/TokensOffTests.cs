using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>A bank without an authority, which shows nothing of tokens.</summary>
public sealed class TokensOffTests(BankServer bank)
{
    [Fact]
    public async Task Token_is_refused_like_any_unknown_credentials()
    {
        await using var authority = await TestAuthority.StartAsync();
        using var http = TokenBanks.With(bank.Address, authority.Token());
        using var anonymous = bank.Anonymous();

        using var refused = await http.GetAsync("/auth/me");
        using var unknown = await anonymous.GetAsync("/auth/me");

        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await refused.WithoutTraceAsync()).ShouldBe(await unknown.WithoutTraceAsync());
        refused.Headers.GetValues("WWW-Authenticate").ShouldBe(["Basic realm=\"Bank\", charset=\"UTF-8\""]);
        authority.Fetches.ShouldBe(0);
    }

    [Fact]
    public async Task Metadata_does_not_exist()
    {
        using var http = bank.Anonymous();

        using var response = await http.GetAsync("/.well-known/oauth-protected-resource");

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Document_says_nothing_of_tokens()
    {
        using var http = bank.Anonymous();

        var document = await http.GetStringAsync("/openapi.json");

        document.ShouldContain("\"Basic\"");
        document.ShouldNotContain("\"Bearer\"");
        document.ShouldNotContain("insufficient_scope");
        document.ShouldNotContain("authority_unavailable");
    }
}
