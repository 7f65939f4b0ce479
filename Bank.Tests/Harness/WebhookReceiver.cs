using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bank.Tests.Harness;

/// <summary>A receiver of webhooks, which answers as a test says and records every request.</summary>
sealed class WebhookReceiver : IAsyncDisposable
{
    /// <summary>The key of banks that have webhooks.</summary>
    public const string Key = "the key of all webhooks in the tests";

    readonly List<WebhookRequest> requests = [];
    WebApplication? server;
    int inFlight;

    /// <summary>The settings of a bank that sends to receivers on this machine, without TLS.</summary>
    public static string[] Settings { get; } =
    [
        "environment=Development", $"Webhooks:Key={Key}", "Webhooks:AllowedNetworks:0=127.0.0.0/8",
        "Passwords:WorkFactor=4",
    ];

    /// <summary>Its address, which stays when it starts again.</summary>
    public string Address { get; private set; } = "http://127.0.0.1:0";

    /// <summary>The address of a webhook.</summary>
    public string Url => $"{Address}/webhooks?of=bank";

    /// <summary>What it answers; 204 by default.</summary>
    public Func<HttpContext, WebhookRequest, Task> Answer { get; set; } = (context, _) =>
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    /// <summary>The most requests that were in flight at once.</summary>
    public int MaxInFlight { get; private set; }

    /// <summary>The requests so far.</summary>
    public WebhookRequest[] Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }

    /// <summary>The sequences of the requests so far.</summary>
    public long[] Sequences => Array.ConvertAll(Requests, request => request.Sequence);

    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        await receiver.RestartAsync();
        return receiver;
    }

    /// <summary>Starts it at the same address again.</summary>
    public async Task RestartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(Address);
        builder.Logging.ClearProviders();
        server = builder.Build();
        server.Run(ReceiveAsync);
        await server.StartAsync();
        Address = server.Urls.Single();
    }

    /// <summary>Ends it, as a crash would: requests in flight break, and connections are refused.</summary>
    public async Task StopAsync()
    {
        if (server is null)
            return;

        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await server.StopAsync(now.Token);
        await server.DisposeAsync();
        server = null;
    }

    /// <summary>Answers with these statuses, and then with 204.</summary>
    public void AnswerWith(params int[] statuses)
    {
        var next = Requests.Length;
        Answer = (context, request) =>
        {
            var index = request.Index - next;
            context.Response.StatusCode = index < statuses.Length ? statuses[index] : 204;
            return Task.CompletedTask;
        };
    }

    /// <summary>Waits until so many requests have come.</summary>
    public async Task<WebhookRequest[]> TakeAsync(int count)
    {
        await Eventually.TrueAsync(() => Requests.Length >= count, $"{count} requests come");
        return Requests;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        WebhookRequest request;

        lock (requests)
        {
            inFlight++;
            MaxInFlight = Math.Max(MaxInFlight, inFlight);
            request = new WebhookRequest(
                requests.Count, $"{context.Request.Headers["webhook-id"]}",
                $"{context.Request.Headers["webhook-timestamp"]}",
                $"{context.Request.Headers["webhook-signature"]}", body, context.Request);
            requests.Add(request);
        }

        try
        {
            await Answer(context, request);
        }
        finally
        {
            lock (requests)
                inFlight--;
        }
    }
}

/// <summary>A request to a receiver.</summary>
sealed class WebhookRequest(
    int index, string id, string timestamp, string signature, string body, HttpRequest request)
{
    public int Index { get; } = index;

    public string Id { get; } = id;

    public string Timestamp { get; } = timestamp;

    public string Signature { get; } = signature;

    public string Body { get; } = body;

    public string Target { get; } = $"{request.Method} {request.Path}{request.QueryString}";

    /// <summary>The headers, without those of the signature.</summary>
    public string[] Headers { get; } =
    [
        .. request.Headers.Keys
            .Where(name => !name.StartsWith("webhook-", StringComparison.Ordinal)).Order(),
    ];

    public JsonElement Data => JsonDocument.Parse(Body).RootElement.GetProperty("data");

    public long Sequence => Data.GetProperty("sequence").GetInt64();
}
