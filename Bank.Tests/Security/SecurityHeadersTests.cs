using System.Net;
using System.Text;
using Bank.Tests.Harness;

namespace Bank.Tests.Security;

/// <summary>The headers that the OWASP REST Security Cheat Sheet asks for in every response.</summary>
public sealed class SecurityHeadersTests(BankServer bank)
{
    [Theory]
    [InlineData("GET", "/health", 200)]
    [InlineData("GET", "/auth/me", 200)]
    [InlineData("POST", "/accounts/", 201)]
    [InlineData("DELETE", "/auth/me", 204)]
    [InlineData("POST", "/transactions/deposit", 400)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("GET", "/users/nobody-has-this-name", 404)]
    [InlineData("PATCH", "/auth/me", 405)]
    [InlineData("POST", "/transactions/transfer", 413)]
    [InlineData("POST", "/transactions/withdrawal", 415)]
    [InlineData("GET", "/accounts/abc", 422)]
    public async Task Responses_are_not_cached_sniffed_framed_or_executed(
        string method, string path, int status)
    {
        var customer = await bank.RegisterAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Body(status) };

        using var response = await customer.Http.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(status);
        ShouldBeSafe(response);
    }

    [Fact]
    public async Task A_401_carries_the_security_headers()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync("/auth/me");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        ShouldBeSafe(response);
    }

    [Fact]
    public async Task The_docs_page_may_run_only_its_own_scripts()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync("/docs");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        ShouldNotBeGuessedOrFramed(response);
        var policy = response.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldStartWith("default-src 'none'; script-src 'self'; ");
        policy.ShouldContain("frame-ancestors 'none'");
    }

    internal static void ShouldBeSafe(HttpResponseMessage response)
    {
        ShouldNotBeGuessedOrFramed(response);
        response.Headers.GetValues("Cache-Control").ShouldBe(["no-store, no-transform"]);
        response.Headers.GetValues("Content-Security-Policy")
            .ShouldBe(["default-src 'none'; frame-ancestors 'none'"]);
    }

    static void ShouldNotBeGuessedOrFramed(HttpResponseMessage response)
    {
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        response.Headers.Contains("Server").ShouldBeFalse();
        response.Headers.Contains("X-Powered-By").ShouldBeFalse();
    }

    static StringContent? Body(int status) => status switch
    {
        400 => new StringContent("not JSON", Encoding.UTF8, "application/json"),
        413 => new StringContent(new string(' ', 20_000), Encoding.UTF8, "application/json"),
        415 => new StringContent("{}", Encoding.UTF8, "text/plain"),
        _ => null,
    };
}
