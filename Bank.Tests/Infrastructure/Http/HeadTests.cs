using System.Net;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>HEAD is answered as GET without a body.</summary>
public sealed class HeadTests(BankServer bank)
{
    [Fact]
    public async Task HEAD_answers_as_GET_on_every_GET_route()
    {
        var customer = await bank.RegisterOperatorAsync();
        var account = await customer.OpenAccountAsync(5m);
        var paid = await customer.PayAsync(account, await customer.OpenAccountAsync(), 1m);
        var hold = await customer.HoldAsync(account, await customer.OpenAccountAsync(), 1m);
        var routes = bank.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is ["GET"])
            .Select(route => route.RoutePattern.RawText!).Where(route => route[0] == '/').ToArray();
        routes.Length.ShouldBeGreaterThan(12);

        foreach (var route in routes)
        {
            var path = route.Replace("{username}", customer.Username)
                .Replace("/transactions/{id}", $"/transactions/{paid}")
                .Replace("/holds/{id}", $"/holds/{hold}")
                .Replace("{id}", $"{account}");

            using var get = await customer.Http.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, path), HttpCompletionOption.ResponseHeadersRead);
            using var head = await customer.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

            head.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            head.Content.Headers.ContentType.ShouldBe(get.Content.Headers.ContentType, path);
            head.Headers.CacheControl.ShouldBe(get.Headers.CacheControl, path);
            (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty(path);
        }
    }

    [Theory]
    [InlineData("/accounts/0", 404)]
    [InlineData("/accounts/abc", 422)]
    [InlineData("/nowhere", 404)]
    [InlineData("/auth/register", 405)]
    public async Task HEAD_answers_problems_by_their_status(string path, int status)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task HEAD_without_credentials_asks_to_sign_in()
    {
        using var http = bank.Anonymous();

        using var response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/accounts/"));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("html")]
    public async Task HEAD_of_a_statement_ends_and_the_connection_stays_usable(string format)
    {
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(5m);
        var path = $"/accounts/{account}/statement?format={format}";

        using var head = await customer.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        var body = await customer.Http.GetStringAsync(path);

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        body.Length.ShouldBeGreaterThan(50);
    }
}
