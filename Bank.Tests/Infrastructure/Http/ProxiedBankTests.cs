using System.Net;
using System.Net.Http.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>What named proxies say about a request, and pages of a named origin.</summary>
[Trait("Speed", "Slow")]
public sealed class ProxiedBankTests(ProxiedBank bank) : IClassFixture<ProxiedBank>
{
    [Theory]
    [InlineData("https://bank.example.com", "bank.example.com", "https", 201)]
    [InlineData("https://BANK.example.com", "bank.example.com:443", "https", 201)]
    [InlineData("https://bank.example.com:8443", "bank.example.com:8443", "https", 201)]
    [InlineData("http://bank.example.com", "bank.example.com", "http", 201)]
    [InlineData("http://bank.example.com", "bank.example.com", "https", 403)]
    [InlineData("https://bank.example.com:8443", "bank.example.com", "https", 403)]
    [InlineData("https://blog.example.com", "bank.example.com", "https", 403)]
    public async Task Origin_is_compared_with_the_host_that_a_named_proxy_forwards(
        string origin, string host, string scheme, int status)
    {
        var customer = await bank.RegisterAsync();
        using var http = bank.With(
            ("Authorization", $"{customer.Http.DefaultRequestHeaders.Authorization}"), ("Origin", origin),
            ("X-Forwarded-Host", host), ("X-Forwarded-Proto", scheme), ("X-Forwarded-For", "203.0.113.7"));

        using var response = await http.PostAsync("/accounts/", null);

        ((int)response.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task Page_of_a_named_origin_may_change_and_read()
    {
        var customer = await bank.RegisterAsync();
        using var http = bank.With(
            ("Authorization", $"{customer.Http.DefaultRequestHeaders.Authorization}"),
            ("Origin", ProxiedBank.App), ("Sec-Fetch-Site", "cross-site"));

        using var preflight = await CrossSiteRequestTests.PreflightAsync(bank.With(), ProxiedBank.App);
        using var opened = await http.PostAsync("/accounts/", null);
        using var refused = await http.PostAsJsonAsync("/transactions/deposit", new { account_id = 1 });

        preflight.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        preflight.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([ProxiedBank.App]);
        preflight.Headers.GetValues("Access-Control-Allow-Headers").ShouldHaveSingleItem()
            .ShouldContain("idempotency-key");
        opened.StatusCode.ShouldBe(HttpStatusCode.Created);
        opened.Headers.GetValues("Access-Control-Expose-Headers").ShouldHaveSingleItem()
            .ShouldContain("Location");
        await refused.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "validation_failed");
        refused.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([ProxiedBank.App]);
    }

    [Fact]
    public async Task Page_of_an_origin_that_is_not_named_is_refused()
    {
        using var http = bank.With(("Origin", "https://app.example.com:444"));

        using var preflight = await CrossSiteRequestTests.PreflightAsync(
            bank.With(), "https://app.example.com:444");
        using var response = await http.PostAsync("/accounts/", null);

        preflight.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "cross_site_request");
    }

    [Theory]
    [InlineData("203.0.113.7, 10.0.0.5", "203.0.113.7")]
    [InlineData("198.51.100.9, 203.0.113.7, 10.0.0.5", "203.0.113.7")]
    [InlineData("198.51.100.9, 203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.9, 10.0.0.5, 10.0.0.6", "10.0.0.9")]
    [InlineData("2001:db8:1:2::1, 10.0.0.5", "2001:db8:1:2::/64")]
    [InlineData("[2001:db8:1:3::1]:4711, 10.0.0.5:80", "2001:db8:1:3::/64")]
    [InlineData("unknown, 10.0.0.5", "10.0.0.5")]
    public async Task Client_is_the_last_address_that_is_no_named_proxy(string forwarded, string client)
    {
        using var http = bank.With(("X-Forwarded-For", forwarded));
        var path = $"/{Names.New()}";
        var before = bank.Output.Length;

        (await http.PutAsync(path, null)).Dispose();

        await Eventually.TrueAsync(
            () => bank.Output[before..].Contains("PUT (no route) 404", StringComparison.Ordinal),
            "the request is logged");
        bank.Output[before..].ShouldContain($"from {client}, user nobody");
    }

    [Fact]
    public async Task Limits_behind_two_proxies_count_each_client()
    {
        var customer = await bank.RegisterAsync();

        for (var guess = 0; guess < 4; guess++)
        {
            using var stranger = bank.With(
                ("X-Forwarded-For", "198.51.100.21, 10.0.0.5"),
                ("Authorization", $"{Customer.Basic(Names.New(), "a wrong one")}"));
            (await stranger.GetAsync("/auth/me")).Dispose();
        }

        using var blocked = bank.With(
            ("X-Forwarded-For", "198.51.100.21, 10.0.0.5"),
            ("Authorization", $"{Customer.Basic(Names.New(), "a wrong one")}"));
        using var neighbour = bank.With(
            ("X-Forwarded-For", "198.51.100.22, 10.0.0.5"),
            ("Authorization", $"{customer.Http.DefaultRequestHeaders.Authorization}"));
        using var tooMany = await blocked.GetAsync("/auth/me");
        using var other = await neighbour.GetAsync("/auth/me");

        await tooMany.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/bank")]
    [InlineData("/bank/")]
    [InlineData("/a/b")]
    public async Task Addresses_begin_with_the_path_that_a_named_proxy_forwards(string prefix)
    {
        var customer = await bank.RegisterAsync();
        using var http = bank.With(
            ("Authorization", $"{customer.Http.DefaultRequestHeaders.Authorization}"),
            ("X-Forwarded-Prefix", prefix));

        await PathBaseTests.ShouldBeServedUnderAsync(http, "", prefix.TrimEnd('/'));
    }

    [Fact]
    public async Task Script_in_a_forwarded_path_stays_text()
    {
        using var http = bank.With(("X-Forwarded-Prefix", "/\"><script>alert(1)</script>"));

        (await http.GetStringAsync("/docs")).ShouldNotContain("<script>alert");
        (await http.GetStringAsync("/openapi.json")).ShouldNotContain("<script>alert");
    }
}
