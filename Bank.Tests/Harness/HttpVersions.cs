using System.Collections.Concurrent;
using System.Net;

namespace Bank.Tests.Harness;

/// <summary>
/// The version of HTTP in which the tests speak to a bank: HTTP/1.1, or HTTP/2 without TLS if the test says
/// so, or all of them with <c>BANK_HTTP2=1</c>. Requests written byte by byte stay HTTP/1.1.
/// </summary>
static class HttpVersions
{
    public const string Http1 = "HTTP/1.1";
    public const string Http2 = "HTTP/2";

    static readonly bool IsHttp2ByDefault = Environment.GetEnvironmentVariable("BANK_HTTP2") == "1";
    static readonly AsyncLocal<string?> Spoken = new();
    static readonly ConcurrentDictionary<Uri, Uri> Http1Addresses = new();

    /// <summary>For tests that run over both.</summary>
    public static TheoryData<string> Both => [Http1, Http2];

    public static bool IsHttp2 => Spoken.Value is { } version ? version == Http2 : IsHttp2ByDefault;

    /// <summary>Lets a test speak this version to the banks that it starts from now on.</summary>
    public static void Speak(string version) => Spoken.Value = version;

    /// <summary>A client that speaks it; it sends no credentials.</summary>
    public static HttpClient CreateClient(Uri? address, HttpMessageHandler? handler = null)
    {
        handler ??= new SocketsHttpHandler { EnableMultipleHttp2Connections = true };

        return new HttpClient(IsHttp2 ? new Http2Handler(handler) : handler) { BaseAddress = address };
    }

    /// <summary>The setting of an API that speaks it at this address.</summary>
    public static string SettingOf(Uri address) =>
        IsHttp2 ? $"Serving:Http2Address={address}" : $"urls={address}";

    /// <summary>Records that an API speaks HTTP/2 at one address and HTTP/1.1 at another.</summary>
    public static void Record(Uri http2, Uri http1) => Http1Addresses[http2] = http1;

    /// <summary>The address at which the same API speaks HTTP/1.1.</summary>
    public static Uri Http1Of(Uri address) => Http1Addresses.GetValueOrDefault(address, address);

    sealed class Http2Handler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;

            return base.SendAsync(request, cancellationToken);
        }
    }
}
