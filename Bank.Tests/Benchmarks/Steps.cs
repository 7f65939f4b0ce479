using System.Diagnostics;
using Bank.Infrastructure.Progress;

namespace Bank.Benchmarks;

/// <summary>Shows what a benchmark is doing, and for how long it has been running.</summary>
static class Steps
{
    static readonly ProgressLine Progress = ProgressLine.OnConsole();
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    static readonly Stopwatch Since = Stopwatch.StartNew();

    /// <summary>Shows a step until its work is done.</summary>
    public static async Task<T> ShowAsync<T>(string step, Task<T> work)
    {
        while (await Task.WhenAny(work, Task.Delay(Interval)) != work)
            Progress.Report($"{Since.Elapsed:m\\:ss} {step}");

        Progress.End();
        return await work;
    }
}
