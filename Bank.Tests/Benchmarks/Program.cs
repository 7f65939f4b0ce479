using System.Globalization;
using Bank.Benchmarks;

// Compares the API over HTTP with pgbench on the same PostgreSQL in one run: first every opponent once, then
// three rounds of the best of them beside the API, interleaved, of which the medians count. `quick` makes one
// short round.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (args.FirstOrDefault() == "sign-in")
    return await SignInBenchmark.RunAsync();

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
    ledger.ConnectionString, BenchmarkLedger.Accounts, BenchmarkLedger.Authorizations.Count);
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
    }
}

report.Print();
var holds = await ledger.HoldsAsync();
Console.WriteLine(holds && report.IsExact
    ? "The ledger holds exactly the transfers that were answered 201, and every balance adds up."
    : "THE LEDGER DOES NOT HOLD WHAT WAS ANSWERED.");

return holds && report.IsExact ? 0 : 1;

async Task<ApiRun> DriveAsync(string target, int connections)
{
    var since = Guid.CreateVersion7();
    var processorTime = api.ProcessorTime;
    var result = await Wrk.RunAsync(
        api.Address, target, connections, seconds, BenchmarkLedger.Accounts, BenchmarkLedger.Authorizations);
    var used = api.ProcessorTime - processorTime;
    var (transactions, statements) = await ledger.CountSinceAsync(since);

    return new ApiRun(
        result, transactions, statements, used / TimeSpan.FromSeconds(seconds), api.ResidentMegabytes);
}
