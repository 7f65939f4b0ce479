using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bank.Benchmarks;

/// <summary>
/// Drives the API over HTTP/2 without TLS, with h2load. A process of it sends one body, so there is a process
/// for each of 16 pairs of accounts, with one connection of 64 streams.
/// </summary>
static partial class Http2
{
    /// <summary>The row of the report.</summary>
    public const string Description = "HTTP/2, 16 connections of 64 streams";

    const int Connections = 16;
    const int Streams = 64;

    /// <param name="address">The API's address for HTTP/2.</param>
    /// <param name="target">"uniform", or "hot" for every transfer crediting the first account.</param>
    /// <param name="seconds">How long the connections post.</param>
    public static async Task<WrkResult> RunAsync(Uri address, string target, int seconds)
    {
        var runs = await Steps.ShowAsync(
            $"API, {target}, {Description}, {seconds} s",
            Task.WhenAll(Enumerable.Range(1, Connections).Select(number => RunAsync(
                address, (2 * number, target == "hot" ? 1 : (2 * number) + 1), seconds))));

        return WrkResult.Sum(runs);
    }

    static async Task<WrkResult> RunAsync(Uri address, (int From, int To) pair, int seconds)
    {
        var (body, log) = (Path.GetTempFileName(), Path.GetTempFileName());
        await File.WriteAllTextAsync(body, $$"""{"from":{{pair.From}},"to":{{pair.To}},"amount":0.01}""");

        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(
                    "h2load",
                    [
                        "-t1", "-c1", $"-m{Streams}", $"-D{seconds}", $"--log-file={log}", "-d", body,
                        "-H", "content-type: application/json",
                        "-H", $"authorization: {BenchmarkLedger.AuthorizationOf(pair.From)}",
                        $"{address}transactions/transfer",
                    ])
                { RedirectStandardOutput = true })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();

            return Read(output, await File.ReadAllLinesAsync(log), seconds);
        }
        finally
        {
            File.Delete(body);
            File.Delete(log);
        }
    }

    /// <summary>
    /// Each line of the log is a response: its start, status and duration, the times in microseconds.
    /// </summary>
    static WrkResult Read(string output, string[] log, int seconds)
    {
        var counts = Counts().Match(output);

        if (!counts.Success)
            throw new InvalidOperationException($"h2load said: {output}");

        var responses = log.Select(line => line.Split('\t')).ToList();
        var durations = responses
            .Select(fields => double.Parse(fields[2], CultureInfo.InvariantCulture) / 1000).Order().ToList();
        var posted = responses.Count(fields => fields[1] == "201");
        var broken = long.Parse(counts.Groups["errored"].Value, CultureInfo.InvariantCulture);

        return new WrkResult(
            responses.Count, responses.Count, responses.Count - posted, broken, posted / (double)seconds,
            durations[durations.Count / 2], durations[durations.Count * 99 / 100], Unread: Streams);
    }

    [GeneratedRegex(@"requests: .* (?<errored>\d+) errored")]
    private static partial Regex Counts();
}
