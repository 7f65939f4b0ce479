using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Security.AntiSSRF;

namespace Bank.Features.Webhooks;

/// <summary>
/// Sends transactions to receivers as signed requests (Standard Webhooks 1.0). Of a response only the status
/// and Retry-After count, and at most <see cref="MaxBody"/> bytes of its body are read.
/// </summary>
sealed class WebhookClient : IDisposable
{
    /// <summary>How long a request may take, the connection included.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>How long the body of a response is waited for.</summary>
    static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A connection is not reused after a longer body, in bytes.</summary>
    const int MaxBody = 4096;

    /// <summary>The longest headers of a response, in KiB.</summary>
    const int MaxHeaders = 16;

    readonly WebhookSecrets secrets;
    readonly TimeProvider time;
    readonly JsonSerializerOptions json;
    readonly HttpMessageInvoker http;

    public WebhookClient(
        WebhookAddresses addresses, WebhookSecrets secrets, TimeProvider time, IOptions<JsonOptions> json)
    {
        (this.secrets, this.time, this.json) = (secrets, time, json.Value.SerializerOptions);
        var handler = addresses.CreateHandler();
        handler.ConnectTimeout = Timeout;
        handler.MaxResponseHeadersLength = MaxHeaders;
        handler.ResponseDrainTimeout = TimeSpan.Zero;
        // New connections follow a name that has moved, and idle ones keep few files open.
        handler.PooledConnectionLifetime = TimeSpan.FromSeconds(30);
        http = new HttpMessageInvoker(handler);
    }

    /// <summary>Sends a transaction once.</summary>
    /// <param name="delivery">The webhook.</param>
    /// <param name="item">The transaction.</param>
    /// <param name="ct">Ends the request; the outcome is then not known.</param>
    public async Task<WebhookResult> SendAsync(
        WebhookDelivery delivery, WebhookTransaction item, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);

        try
        {
            using var request = CreateRequest(delivery, item);
            using var response = await http.SendAsync(request, either.Token);
            timeout.CancelAfter(BodyTimeout);
            await ReadAsync(response, either.Token);

            return WebhookResult.Of(response, time.GetUtcNow());
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            return new WebhookResult(timeout.IsCancellationRequested ? NoResponse : Describe(failure));
        }
    }

    public void Dispose() => http.Dispose();

    static string NoResponse => string.Create(
        CultureInfo.InvariantCulture, $"The receiver did not answer within {Timeout.TotalSeconds} seconds.");

    HttpRequestMessage CreateRequest(WebhookDelivery delivery, WebhookTransaction item)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new WebhookEvent("transaction.posted", item.CreatedAt, item), json);
        var now = time.GetUtcNow();
        var id = $"msg_{item.AccountId}_{item.Sequence}";
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = content };
        request.Headers.TryAddWithoutValidation("User-Agent", "Bank-Webhooks");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", secrets.Sign(
            delivery.Id, delivery.GenerationsAt(now),
            [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body]));

        return request;
    }

    /// <summary>Reads a short body, after which the connection can be used again.</summary>
    static async Task ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var buffer = new byte[MaxBody];
        await using var body = await response.Content.ReadAsStreamAsync(ct);

        try
        {
            await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException
            or OperationCanceledException)
        {
            // The status counts, which has arrived.
        }
    }

    /// <summary>What went wrong, without an address, which could be one of the bank's own network.</summary>
    static string Describe(Exception failure) => failure switch
    {
        // An ArgumentException: an unspecified address, such as 0.0.0.0.
        AntiSSRFException or ArgumentException => "The address of the receiver is not allowed.",
        AuthenticationException => "The receiver has no valid certificate.",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "The connection was refused.",
        SocketException
        {
            SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain,
        } => "The name of the receiver was not found.",
        HttpRequestException { InnerException: { } inner } => Describe(inner),
        SocketException => "The receiver could not be reached.",
        _ => "The connection broke.",
    };
}

/// <summary>The body of a request.</summary>
sealed record WebhookEvent(string Type, DateTimeOffset Timestamp, WebhookTransaction Data);
