namespace Bank.Tests.Harness;

/// <summary>Many requests at once.</summary>
static class Burst
{
    /// <summary>Starts all the requests before it waits for any.</summary>
    public static Task<HttpResponseMessage[]> OfAsync(int count, Func<int, Task<HttpResponseMessage>> send) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(send).ToArray());
}
