using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Bank.Features.Webhooks;
using Bank.Infrastructure.Configuration;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Bank.Tests.Features.Webhooks;

/// <summary>The requests of webhooks: where they may go, and what comes back.</summary>
public sealed class WebhookClientTests
{
    const string NotAllowed = "The address of the receiver is not allowed.";

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::ffff:7f00:1]:{0}/")]
    [InlineData("http://[64:ff9b::127.0.0.1]:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://0.0.0.0:{0}/")]
    [InlineData("http://[::]:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://169.254.169.254/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://192.168.0.1/")]
    [InlineData("http://[fd00::1]/")]
    [InlineData("http://[fe80::1]/")]
    public async Task Address_that_is_not_public_is_never_connected_to(string url)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var client = Client();

        var result = await SendAsync(client, string.Format(null, url, new Uri(receiver.Address).Port));

        result.Error.ShouldBe(NotAllowed);
        receiver.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("127.0.0.2", false)]
    [InlineData("10.0.0.0/8", false)]
    public async Task Allowed_network_can_be_reached_and_no_other(string allowed, bool isReached)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var client = Client(allowed);

        var result = await SendAsync(client, receiver.Url);

        result.Error.ShouldBe(isReached ? null : NotAllowed);
    }

    [Fact]
    public async Task Redirect_is_a_failure_that_is_not_followed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.Redirect(
                receiver.Address + "/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        using var client = Client("127.0.0.1");

        var result = await SendAsync(client, receiver.Url);

        result.Error.ShouldBe("The receiver answered 307. Redirects are not followed.");
        receiver.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Outside_Development_plain_http_is_not_sent()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var client = Client("127.0.0.1", environment: "Production");

        var result = await SendAsync(client, receiver.Url);

        result.Error.ShouldBe(NotAllowed);
        receiver.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Receiver_that_does_not_answer_in_15_seconds_fails()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var proceed = new TaskCompletionSource();
        receiver.Answer = (_, _) => proceed.Task;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var client = Client("127.0.0.1", time: time);

        var sending = SendAsync(client, receiver.Url);
        await receiver.TakeAsync(1);
        time.Advance(TimeSpan.FromSeconds(14.9));
        var isPending = !sending.IsCompleted;
        time.Advance(TimeSpan.FromSeconds(0.2));
        var result = await sending;
        proceed.SetResult();

        isPending.ShouldBeTrue();
        result.Error.ShouldBe("The receiver did not answer within 15 seconds.");
    }

    [Fact]
    public async Task Endless_response_is_not_read_and_its_status_counts()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var sent = new TaskCompletionSource<long>();
        receiver.Answer = async (context, _) =>
        {
            var bytes = 0L;

            try
            {
                for (; bytes < 1_000_000_000; bytes += 65_536)
                    await context.Response.Body.WriteAsync(new byte[65_536], context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // The sender has gone.
            }

            sent.SetResult(bytes);
        };
        using var client = Client("127.0.0.1");

        var result = await SendAsync(client, receiver.Url);

        result.IsDelivered.ShouldBeTrue();
        (await sent.Task.WaitAsync(TimeSpan.FromMinutes(1))).ShouldBeLessThan(100_000_000);
    }

    [Fact]
    public async Task Endless_headers_are_a_failure()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.Headers["X-Long"] = new string('a', 20_000);
            return Task.CompletedTask;
        };
        using var client = Client("127.0.0.1");

        (await SendAsync(client, receiver.Url)).Error.ShouldBe("The connection broke.");
    }

    [Fact]
    public async Task Unknown_name_is_reported()
    {
        using var client = Client();

        (await SendAsync(client, "http://no-such-host.invalid/")).Error
            .ShouldBe("The name of the receiver was not found.");
    }

    [Fact]
    public async Task Certificate_that_nobody_trusts_is_a_failure()
    {
        using var key = RSA.Create();
        using var certificate = new CertificateRequest(
                "CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeTlsAsync(listener, certificate);
        using var client = Client("127.0.0.1");

        var result = await SendAsync(
            client, $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

        result.Error.ShouldBe("The receiver has no valid certificate.");
        await Should.ThrowAsync<Exception>(() => serving);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Mon, 05 Jan 2026 10:00:00 GMT", 1800)]
    [InlineData("soon", null)]
    public async Task Retry_After_is_read_in_both_forms(string header, int? seconds)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        };
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 5, 9, 30, 0, TimeSpan.Zero));
        using var client = Client("127.0.0.1", time: time);

        (await SendAsync(client, receiver.Url)).RetryAfter
            .ShouldBe(seconds is { } given ? TimeSpan.FromSeconds(given) : null);
    }

    [Fact]
    public void Allowed_network_that_cannot_be_read_stops_the_start() =>
        Should.Throw<StartupException>(() => Client("10.0.0.0/99").Dispose()).Message
            .ShouldBe("Webhooks:AllowedNetworks:0 is not an address or network: '10.0.0.0/99'.");

    static async Task ServeTlsAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var accepted = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(accepted.GetStream());
        await tls.AuthenticateAsServerAsync(certificate);
        await tls.ReadExactlyAsync(new byte[1]);
    }

    static WebhookClient Client(
        string? allowed = null, string environment = "Development", TimeProvider? time = null)
    {
        var options = new WebhookOptions
        {
            Key = WebhookReceiver.Key,
            AllowedNetworks = allowed is null ? [] : [allowed],
        };

        return new WebhookClient(
            new WebhookAddresses(options, new HostingEnvironment { EnvironmentName = environment }),
            new WebhookSecrets(options), time ?? TimeProvider.System,
            Options.Create(new JsonOptions
            {
                SerializerOptions = { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower },
            }));
    }

    static Task<WebhookResult> SendAsync(WebhookClient client, string url) => client.SendAsync(
        new WebhookDelivery(
            new LeasedWebhook(1, 1, url, 0, 0, 0, null, 1, null), TimeProvider.System.GetTimestamp(),
            TimeProvider.System),
        new WebhookTransaction { AccountId = 1, Sequence = 1 }, CancellationToken.None);
}
