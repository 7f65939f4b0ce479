namespace Bank.Tests.Harness;

/// <summary>Many requests at once.</summary>
static class Burst
{
    /// <summary>Starts all the requests before it waits for any.</summary>
    public static Task<HttpResponseMessage[]> OfAsync(int count, Func<int, Task<HttpResponseMessage>> send) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(send).ToArray());

    /// <summary>Waits until every request is answered or has failed, whichever it is.</summary>
    public static async Task SettleAsync(IEnumerable<Task> requests)
    {
        foreach (var request in requests)
            await request.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
