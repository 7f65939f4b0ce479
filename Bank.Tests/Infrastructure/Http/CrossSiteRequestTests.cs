using System.Net;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Http;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Builder;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>A browser that signed in once sends its password for any page that asks.</summary>
public sealed class CrossSiteRequestTests(BankServer bank)
{
    [Theory]
    [InlineData("cross-site", null)]
    [InlineData("same-site", null)]
    [InlineData("unheard-of", null)]
    [InlineData("", null)]
    [InlineData(null, "https://evil.example")]
    [InlineData(null, "null")]
    [InlineData(null, "")]
    [InlineData(null, "http://127.0.0.1")]
    [InlineData(null, "http://127.0.0.1:1")]
    [InlineData(null, "http://localhost:{port}")]
    [InlineData(null, "file://127.0.0.1:{port}")]
    [InlineData("cross-site", "http://127.0.0.1:{port}")]
    [InlineData("same-origin", "https://evil.example")]
    [InlineData("none", "https://evil.example")]
    public async Task Change_for_a_foreign_page_is_refused(string? site, string? origin)
    {
        var customer = await bank.RegisterAsync();

        using var response = await SendAsync(customer.Http, HttpMethod.Post, "/accounts/", site, origin);

        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "cross_site_request");
        (await customer.Http.GetStringAsync("/accounts/")).ShouldBe("[]");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("same-origin", null)]
    [InlineData("none", null)]
    [InlineData(null, "http://127.0.0.1:{port}")]
    [InlineData("same-origin", "http://127.0.0.1:{port}")]
    // A proxy that ends TLS and is not named.
    [InlineData("same-origin", "https://127.0.0.1:{port}")]
    public async Task Change_for_the_own_page_or_no_page_is_made(string? site, string? origin)
    {
        var customer = await bank.RegisterAsync();

        using var response = await SendAsync(customer.Http, HttpMethod.Post, "/accounts/", site, origin);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("POST", "/auth/register")]
    [InlineData("PUT", "/auth/password")]
    [InlineData("DELETE", "/auth/me")]
    [InlineData("DELETE", "/accounts/1")]
    [InlineData("POST", "/transactions/transfer")]
    [InlineData("POST", "/transactions/bulk")]
    [InlineData("POST", "/nowhere")]
    [InlineData("PATCH", "/auth/me")]
    public async Task Foreign_page_is_refused_before_all_other_checks(string method, string path)
    {
        using var anonymous = bank.Anonymous();

        using var response = await SendAsync(
            anonymous, new HttpMethod(method), path, "cross-site", "https://evil.example");

        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "cross_site_request");
    }

    [Theory]
    [InlineData("/auth/me")]
    [InlineData("/docs")]
    [InlineData("/openapi.json")]
    public async Task Foreign_page_may_send_a_request_that_only_reads(string path)
    {
        var customer = await bank.RegisterAsync();

        using var response = await SendAsync(
            customer.Http, HttpMethod.Get, path, "cross-site", "https://evil.example");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task Preflight_is_answered_for_no_origin_by_default()
    {
        using var anonymous = bank.Anonymous();

        using var response = await PreflightAsync(anonymous, ProxiedBank.App);

        await response.ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Theory]
    [InlineData("https://app.example.com/shop")]
    [InlineData("app.example.com")]
    [InlineData("*")]
    [InlineData("https://*.example.com")]
    [InlineData("https://user@app.example.com")]
    [InlineData("null")]
    public void Setting_that_is_no_origin_is_named_in_the_error(string entry) =>
        Should.Throw<StartupException>(() => CrossSiteRequests.Use(App($"--Cors:Origins:0={entry}")))
            .Message.ShouldBe($"Cors:Origins:0 is not an origin such as https://app.example.com: '{entry}'.");

    internal static Task<HttpResponseMessage> PreflightAsync(HttpClient http, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/transactions/transfer");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,idempotency-key");

        return http.SendAsync(request);
    }

    static Task<HttpResponseMessage> SendAsync(
        HttpClient http, HttpMethod method, string path, string? site, string? origin)
    {
        var request = new HttpRequestMessage(method, path);
        var port = http.BaseAddress!.Port;

        if (site is not null)
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);

        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin.Replace("{port}", $"{port}"));

        return http.SendAsync(request);
    }

    static WebApplication App(string setting)
    {
        var builder = WebApplication.CreateBuilder([setting]);
        builder.Services.AddSettings<CrossOriginOptions>();
        return builder.Build();
    }
}
