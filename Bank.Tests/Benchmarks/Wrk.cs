using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bank.Benchmarks;

/// <summary>Drives the API over HTTP with wrk.</summary>
static partial class Wrk
{
    /// <summary>After posting, wrk waits this long for what is still on its way.</summary>
    const int DrainSeconds = 1;

    /// <summary>The same request to an endpoint that does all but post.</summary>
    public const string WithoutLedger = "uniform without ledger";

    /// <param name="address">The API.</param>
    /// <param name="target">
    /// "health", "account", "history" or "balance" for reads; or "uniform", or "hot" for every transfer
    /// crediting the first account; with "mixed", a third of all are deposits and a third withdrawals; or
    /// <see cref="WithoutLedger"/>; or "bulk" or "batch", and how many transfers a request has.
    /// </param>
    /// <param name="connections">How many connections post at once.</param>
    /// <param name="seconds">How long they post.</param>
    /// <param name="first">The first of the accounts; those before it are left alone.</param>
    /// <param name="last">The last of the accounts.</param>
    public static async Task<WrkResult> RunAsync(
        Uri address, string target, int connections, int seconds, int first = 1,
        int last = BenchmarkLedger.FewAccounts)
    {
        var authorizations = BenchmarkLedger.Authorizations;
        var script = target is "health" or "account" or "history" or "balance" ? "read.lua"
            : target.StartsWith('b') ? "bulk.lua"
            : "transfer.lua";
        using var process = Process.Start(
            new ProcessStartInfo(
                "wrk",
                [
                    "-t1", $"-c{connections}", $"-d{seconds + DrainSeconds}s", "--timeout", "10s",
                    "-s", script, address.ToString(), "--",
                    Text(seconds), Text(first), Text(last), Text(authorizations.Count), target,
                    .. authorizations,
                ])
            {
                // The script finds beside it what all have in common.
                WorkingDirectory = AppContext.BaseDirectory,
                RedirectStandardOutput = true,
            })!;
        var output = await Steps.ShowAsync(
            $"API, {target}, {connections} connections, {seconds} s",
            process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        var result = ResultLine().Match(output);

        if (!result.Success)
            throw new InvalidOperationException($"wrk said: {output}");

        long Number(string name) => long.Parse(result.Groups[name].Value, CultureInfo.InvariantCulture);

        return new WrkResult(
            Number("posted"), Number("answered"), Number("refused"), Number("broken"),
            (Number("answered") - Number("refused")) / (double)seconds,
            Number("p50") / 1000.0, Number("p99") / 1000.0);
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"RESULT posted=(?<posted>\d+) answered=(?<answered>\d+) refused=(?<refused>\d+) "
        + @"broken=(?<broken>\d+) p50=(?<p50>\d+) p99=(?<p99>\d+)")]
    private static partial Regex ResultLine();
}
