using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Bank.Tests.Harness;

/// <summary>A subscriber to the live history of an account.</summary>
sealed class LiveHistoryClient : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly HttpResponseMessage response;
    readonly IAsyncEnumerator<SseItem<string>> events;

    LiveHistoryClient(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events) =>
        (this.response, this.events) = (response, events);

    public HttpResponseMessage Response => response;

    /// <summary>Subscribes, after the last received event if one is given.</summary>
    public static async Task<LiveHistoryClient> SubscribeAsync(
        Customer customer, long account, string? lastEventId = null)
    {
        var response = await RequestAsync(customer, account, lastEventId);
        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadAsStreamAsync();

        return new LiveHistoryClient(response, SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator());
    }

    /// <summary>Requests the stream and returns after the response headers.</summary>
    public static async Task<HttpResponseMessage> RequestAsync(
        Customer customer, long account, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/transactions/account/{account}/live");

        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);

        return await customer.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<SseItem<string>?> NextAsync() =>
        await events.MoveNextAsync().AsTask().WaitAsync(Patience) ? events.Current : null;

    /// <summary>The transactions of the next events; each must match the id of its event.</summary>
    public async Task<JsonElement[]> TakeAsync(int count)
    {
        var taken = new JsonElement[count];

        for (var index = 0; index < count; index++)
        {
            var item = (await NextAsync()).ShouldNotBeNull();
            item.EventType.ShouldBe("transaction");
            taken[index] = JsonDocument.Parse(item.Data).RootElement;
            item.EventId.ShouldBe(taken[index].GetProperty("sequence").GetRawText());
        }

        return taken;
    }

    /// <summary>The sequences of the next events.</summary>
    public async Task<long[]> SequencesAsync(int count) =>
        Array.ConvertAll(await TakeAsync(count), item => item.GetProperty("sequence").GetInt64());

    public async ValueTask DisposeAsync()
    {
        response.Dispose();

        try
        {
            await events.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // A read of the next event is pending.
        }
    }
}
