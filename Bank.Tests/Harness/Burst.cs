namespace Bank.Tests.Harness;

/// <summary>Many concurrent requests.</summary>
static class Burst
{
    /// <summary>Starts all requests before it awaits any.</summary>
    public static Task<HttpResponseMessage[]> OfAsync(int count, Func<int, Task<HttpResponseMessage>> send) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(send).ToArray());

    /// <summary>Waits until every request has completed or failed.</summary>
    public static async Task SettleAsync(IEnumerable<Task> requests)
    {
        foreach (var request in requests)
            await request.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
