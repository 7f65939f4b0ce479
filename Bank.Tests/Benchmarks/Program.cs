using System.Globalization;
using Bank.Benchmarks;

// Compares the API over HTTP with pgbench on the same PostgreSQL in one run: first every opponent once, then
// three rounds of the best of them beside the API, interleaved, of which the medians count. `quick` makes one
// short round; `sign-in` measures what signing in costs, `locked` what locked accounts cost the others,
// `reads` how many accounts and histories are read, `bulk` how many transfers are posted by many a request,
// `live` what those who listen cost, `scale` what a ledger of 40,000,000 transactions costs, `telemetry` what
// being watched costs, and `soak` looks for what grows in five minutes.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

switch (args.FirstOrDefault())
{
    case "sign-in":
        return await SignInBenchmark.RunAsync();
    case "locked":
        return await LockedBenchmark.RunAsync();
    case "reads":
        return await ReadsBenchmark.RunAsync();
    case "live":
        return await LiveBenchmark.RunAsync(args.Contains("quick"));
    case "bulk":
        return await BulkBenchmark.RunAsync(args.Contains("quick"));
    case "scale":
        return await ScaleBenchmark.RunAsync(args[1..]);
    case "telemetry":
        return await TelemetryBenchmark.RunAsync();
    case "soak":
        return await SoakBenchmark.RunAsync();
}

if (args is not ([] or ["quick"]))
{
    Console.Error.WriteLine(
        $"'{args[0]}' is no benchmark: quick, bulk, reads, locked, sign-in, telemetry, live, soak, scale.");
    return 1;
}

var isQuick = args.Contains("quick");
var rounds = isQuick ? 1 : 3;
var seconds = isQuick ? 3 : 5;
int[] connectionCounts = [1, 16, 64, 256];
int[] clientCounts = [8, 16, 32, 64];
string[] texts = ["set form", "by hand"];
string[] targets = ["uniform", "hot"];

await using var ledger = await BenchmarkLedger.StartAsync();
await using var api = await ApiProcess.StartAsync(ledger.ConnectionString);
await ledger.SeedAsync();
var opponent = new Pgbench(
    ledger.ConnectionString, ledger.Accounts, BenchmarkLedger.Authorizations.Count);
var report = new Report();

Console.WriteLine("Warming up, and choosing the opponents …");
await api.SignInAsync(BenchmarkLedger.Authorizations);
await DriveAsync("uniform", 64);

foreach (var target in targets)
{
    foreach (var text in texts)
    {
        foreach (var clients in clientCounts.Prepend(1))
            report.Scout(target, text, clients, await opponent.RunAsync(text, target, clients, 2));
    }
}

for (var round = 1; round <= rounds; round++)
{
    Console.WriteLine($"Round {round} of {rounds} …");
    await api.SignInAsync(BenchmarkLedger.Authorizations);

    foreach (var target in targets)
    {
        foreach (var (text, clients) in report.Opponents(target))
            report.Opponent(target, text, clients, await opponent.RunAsync(text, target, clients, seconds));

        foreach (var connections in connectionCounts)
            report.Api(target, connections, await DriveAsync(target, connections));

        report.Api(
            $"{target} mixed", connectionCounts[^1],
            await DriveAsync($"{target} mixed", connectionCounts[^1]));
    }
}

report.Print();
var holds = report.IsExact && await ledger.HoldsAsync();
Console.WriteLine(holds ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

return holds ? 0 : 1;

Task<ApiRun> DriveAsync(string target, int connections) =>
    ledger.MeasureAsync(api, target, connections, seconds);
