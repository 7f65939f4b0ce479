using System.Diagnostics;
using Bank.Infrastructure.Progress;

namespace Bank.Benchmarks;

/// <summary>Shows what a benchmark is doing, and for how long it has been running.</summary>
static class Steps
{
    static readonly ProgressLine Progress = ProgressLine.OnConsole();
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    static readonly Stopwatch Since = Stopwatch.StartNew();
    static TimeSpan? end;

    /// <summary>Says how long all that follows will take, so that each step shows it.</summary>
    public static void Expect(TimeSpan rest) => end = Since.Elapsed + rest;

    /// <summary>Shows a step until its work is done.</summary>
    public static async Task<T> ShowAsync<T>(string step, Task<T> work)
    {
        while (await Task.WhenAny(work, Task.Delay(Interval)) != work)
            Progress.Report($"{Since.Elapsed:m\\:ss}{Total} {step}");

        Progress.End();
        return await work;
    }

    static string Total => end is { } total ? FormattableString.Invariant($" of about {total:m\\:ss}") : "";
}
