using System.Net;
using System.Net.Http.Headers;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>
/// Bodies over HTTP/2. A body of unknown length that is empty is HEADERS and an empty DATA frame.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class Http2BodyTests(BankServer server)
{
    [Theory]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData("application/json", HttpStatusCode.BadRequest, "malformed_json")]
    public async Task Empty_HTTP_2_body_is_no_body(string? contentType, HttpStatusCode needed, string code)
    {
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        await using var bank = await IsolatedBank.StartAsync(
            server, "Kestrel:Endpoints:A:Url=http://127.0.0.1:0", $"Kestrel:Endpoints:B:Url={address}",
            "Kestrel:Endpoints:B:Protocols=Http2");
        var customer = await bank.RegisterAsync();
        var (from, to) = (await customer.OpenAccountAsync(10m), await customer.OpenAccountAsync());
        var hold = await customer.HoldAsync(from, to, 1m);
        var paid = await customer.PayAsync(from, to, 2m);
        var http = customer.At(address).Http;

        // The last one takes no body.
        foreach (var path in new[] { $"/transactions/{paid}/refund", $"/holds/{hold}/capture", "/accounts/" })
        {
            using var response = await PostAsync(http, path, contentType);

            response.Version.ShouldBe(HttpVersion.Version20);
            response.StatusCode.ShouldBe(HttpStatusCode.Created, path);
        }

        using var refused = await PostAsync(http, "/transactions/deposit", contentType);
        await refused.ShouldBeProblemAsync(needed, code);
    }

    static Task<HttpResponseMessage> PostAsync(HttpClient http, string path, string? contentType) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new EmptyBody { Headers = { ContentType = ParseOrNull(contentType) } },
        });

    static MediaTypeHeaderValue? ParseOrNull(string? type) =>
        type is null ? null : MediaTypeHeaderValue.Parse(type);

    /// <summary>A body whose length is not known before it ends.</summary>
    sealed class EmptyBody : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
