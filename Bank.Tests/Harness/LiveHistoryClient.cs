using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Bank.Tests.Harness;

/// <summary>Somebody who listens to the history of an account.</summary>
sealed class LiveHistoryClient : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly HttpResponseMessage response;
    readonly IAsyncEnumerator<SseItem<string>> events;

    LiveHistoryClient(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events) =>
        (this.response, this.events) = (response, events);

    public HttpResponseMessage Response => response;

    /// <summary>Begins to listen, after what arrived if something did.</summary>
    public static async Task<LiveHistoryClient> ListenAsync(
        Customer customer, long account, string? lastEventId = null)
    {
        var response = await AskAsync(customer, account, lastEventId);
        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadAsStreamAsync();

        return new LiveHistoryClient(response, SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator());
    }

    /// <summary>Asks to listen, and answers when the answer begins.</summary>
    public static async Task<HttpResponseMessage> AskAsync(
        Customer customer, long account, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/transactions/account/{account}/live");

        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);

        return await customer.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The next event; null when there is none any more.</summary>
    public async Task<SseItem<string>?> NextAsync() =>
        await events.MoveNextAsync().AsTask().WaitAsync(Patience) ? events.Current : null;

    /// <summary>The next events' transactions, each of which the id of its event must agree with.</summary>
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

    /// <summary>The next events' sequences.</summary>
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
            // Somebody still waits for the next one.
        }
    }
}
