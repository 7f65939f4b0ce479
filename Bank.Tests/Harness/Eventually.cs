using System.Diagnostics;

namespace Bank.Tests.Harness;

/// <summary>Waits for what is announced to nobody, by looking again and again.</summary>
static class Eventually
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Looks until it is so; it fails when that takes longer than anything ever should.</summary>
    public static async Task TrueAsync(Func<Task<bool>> isSo, string what)
    {
        var since = Stopwatch.StartNew();

        while (!await isSo())
        {
            since.Elapsed.ShouldBeLessThan(Deadline, what);
            await Task.Delay(LookEvery);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, string)"/>
    public static Task TrueAsync(Func<bool> isSo, string what) =>
        TrueAsync(() => Task.FromResult(isSo()), what);
}
