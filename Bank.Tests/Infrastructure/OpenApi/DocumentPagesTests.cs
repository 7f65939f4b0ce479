using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.OpenApi;

/// <summary>The documentation pages: content, caching and compression.</summary>
public sealed partial class DocumentPagesTests(BankServer bank)
{
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task First_document_may_take_longer_than_a_request()
    {
        await using var own = await IsolatedBank.StartAsync(bank, "Database:CommitTimeout=00:00:01");
        using var anonymous = own.Anonymous();

        using var response = await anonymous.GetAsync("/openapi.json");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Root_address_redirects_to_docs()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        using var response = await http.GetAsync(bank.Address);

        response.StatusCode.ShouldBe(HttpStatusCode.Found);
        response.Headers.Location!.OriginalString.ShouldBe("/docs");
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/docs/")]
    [InlineData("/docs/index.html")]
    public async Task Docs_page_and_its_assets_are_served(string address)
    {
        using var http = bank.Anonymous();

        var page = await http.GetStringAsync(address);

        page.ShouldContain("<title>Bank</title>");
        var names = Named.Matches(page).Select(match => match.Groups["address"].Value).ToArray();
        names.Length.ShouldBe(6);

        foreach (var name in names)
        {
            using var response = await http.GetAsync(name);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, name);
            response.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable", name);
        }
    }

    [Theory]
    [InlineData("/openapi.json", "application/json")]
    [InlineData("/docs", "text/html")]
    [InlineData("/docs/swagger-ui-bundle.js", "text/javascript")]
    [InlineData("/docs/swagger-ui.css", "text/css")]
    public async Task Docs_request_with_a_matching_ETag_answers_304(string address, string type)
    {
        using var http = bank.Anonymous();
        using var first = await http.GetAsync(address);
        first.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        first.Headers.CacheControl!.NoCache.ShouldBeTrue();

        using var again = new HttpRequestMessage(HttpMethod.Get, address);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await http.SendAsync(again);

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        second.Headers.ETag.ShouldBe(first.Headers.ETag);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/openapi.json")]
    [InlineData("/docs/swagger-ui-bundle.js")]
    public async Task Docs_are_sent_compressed_when_gzip_is_accepted(string address)
    {
        using var http = bank.Anonymous();
        var plain = await http.GetByteArrayAsync(address);

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.ParseAdd("br;q=1, gzip;q=0.5");
        using var response = await http.SendAsync(request);

        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        response.Headers.Vary.ShouldBe(["Accept-Encoding"]);
        var compressed = await response.Content.ReadAsByteArrayAsync();
        compressed.Length.ShouldBeLessThan(plain.Length / 3);
        using var unpacked = new MemoryStream();
        await new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress).CopyToAsync(unpacked);
        unpacked.ToArray().ShouldBe(plain);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip;q=0")]
    public async Task Docs_are_sent_uncompressed_when_gzip_is_not_accepted(string encodings)
    {
        using var http = bank.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi.json");
        request.Headers.AcceptEncoding.ParseAdd(encodings);

        using var response = await http.SendAsync(request);

        response.Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", "/docs/nothing.js")]
    [InlineData("POST", "/docs")]
    [InlineData("POST", "/")]
    public async Task Unknown_docs_file_or_POST_to_docs_returns_404(string method, string address)
    {
        using var http = bank.Anonymous();
        using var request = new HttpRequestMessage(new HttpMethod(method), address);

        using var response = await http.SendAsync(request);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task HEAD_of_the_OpenAPI_document_answers_its_length()
    {
        using var http = bank.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/openapi.json");

        using var response = await http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength!.Value.ShouldBeGreaterThan(10_000);
    }

    [GeneratedRegex("(?:href|src)=\"(?<address>[^\"]+)\"")]
    static partial Regex Named { get; }
}
