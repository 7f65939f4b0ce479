using System.Diagnostics;

namespace Bank.Tests.Harness;

/// <summary>Polls until a condition holds.</summary>
static class Eventually
{
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Polls until the condition is true; fails after a minute, which a busy machine may need.
    /// </summary>
    public static async Task TrueAsync(Func<Task<bool>> isSo, string what)
    {
        var since = Stopwatch.StartNew();

        while (!await isSo())
        {
            since.Elapsed.ShouldBeLessThan(Deadline, what);
            await Task.Delay(PollInterval);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, string)"/>
    public static Task TrueAsync(Func<bool> isSo, string what) =>
        TrueAsync(() => Task.FromResult(isSo()), what);
}
