using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Http;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Builder;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>The API under a path of a host that has other things too.</summary>
[Trait("Speed", "Slow")]
public sealed partial class PathBaseTests(BankServer server)
{
    [Fact]
    public async Task Setting_serves_with_the_path_and_without()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Serving:PathBase=/bank/");
        var customer = await bank.RegisterAsync();

        await ShouldBeServedUnderAsync(customer.Http, "/bank", "/bank");
        await ShouldBeServedUnderAsync(customer.Http, "", "/bank");
    }

    [Theory]
    [InlineData("bank")]
    [InlineData("https://example.com/bank")]
    [InlineData("/bank?x=1")]
    public void Setting_that_is_no_path_is_named_in_the_error(string path) =>
        Should.Throw<StartupException>(() => PathBaseMiddleware.Use(
                WebApplication.CreateBuilder([$"--Serving:PathBase={path}"]).Build()))
            .Message.ShouldBe($"Serving:PathBase is not a path such as /bank: '{path}'.");

    /// <summary>Checks each address that the API returns.</summary>
    /// <param name="http">A client that is signed in.</param>
    /// <param name="sent">The path with which its requests arrive at the API.</param>
    /// <param name="path">The path under which the client sees the API.</param>
    internal static async Task ShouldBeServedUnderAsync(HttpClient http, string sent, string path)
    {
        using var opened = await http.PostAsync($"{sent}/accounts/", null);
        var account = (await opened.JsonAsync()).GetProperty("id").GetInt64();
        opened.Headers.Location!.OriginalString.ShouldBe($"{path}/accounts/{account}");

        for (var deposit = 0; deposit < 2; deposit++)
        {
            using var posted = await http.PostAsJsonAsync(
                $"{sent}/transactions/deposit", new { account_id = account, amount = 1 });
            posted.Headers.Location!.OriginalString.ShouldStartWith($"{path}/transactions/");
        }

        using var page = await http.GetAsync($"{sent}/transactions/account/{account}?limit=1");
        page.NextPage().ShouldStartWith($"{path}/transactions/account/{account}?limit=1");

        await Eventually.TrueAsync(
            async () => (await http.GetAsync($"{sent}/openapi.json")).IsSuccessStatusCode,
            "the document is made");
        var document = await http.GetFromJsonAsync<JsonElement>($"{sent}/openapi.json");
        document.GetProperty("servers")[0].GetProperty("url").GetString().ShouldBe(path);
        (await http.GetAsync($"{sent}/health/ready")).EnsureSuccessStatusCode().Dispose();

        foreach (var address in new[] { "/docs", "/docs/", "/docs/index.html" })
        {
            var links = Links.Matches(await http.GetStringAsync($"{sent}{address}"))
                .Select(link => new Uri(new Uri($"http://host{path}{address}"), link.Groups["to"].Value))
                .ToArray();
            links.Length.ShouldBe(6);
            links.ShouldAllBe(link => link.AbsolutePath.StartsWith($"{path}/docs/", StringComparison.Ordinal)
                || link.AbsolutePath == $"{path}/openapi.json");
        }
    }

    [GeneratedRegex("(?:href|src)=\"(?<to>[^\"]+)\"")]
    static partial Regex Links { get; }
}
