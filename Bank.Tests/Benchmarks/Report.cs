
namespace Bank.Benchmarks;

/// <summary>
/// Collects the runs and prints the medians, with the ratios to pgbench's best in the same run.
/// </summary>
sealed class Report
{
    const int OpponentsPerTarget = 2;

    readonly List<(string Target, string Text, int Clients, double Rate)> scouted = [];
    readonly List<(string Target, string Text, int Clients, double Rate)> opponents = [];
    readonly List<(string Target, int Connections, ApiRun Run)> runs = [];

    /// <summary>Whether the ledger always gained exactly what was answered 201.</summary>
    public bool IsExact => runs.TrueForAll(run => run.Run.IsExact);

    public void Scout(string target, string text, int clients, double rate) =>
        scouted.Add((target, text, clients, rate));

    public void Opponent(string target, string text, int clients, double rate) =>
        opponents.Add((target, text, clients, rate));

    public void Api(string target, int connections, ApiRun run)
    {
        runs.Add((target, connections, run));

        if (!run.IsExact)
            Console.WriteLine($"{target}, {connections}: {run.Transactions} in the ledger of {run.Wrk}");
    }

    /// <summary>The best that pgbench showed with many clients, and both of its texts with one.</summary>
    public IEnumerable<(string Text, int Clients)> Opponents(string target)
    {
        var best = scouted.Where(run => run.Target == target).OrderByDescending(run => run.Rate).ToList();

        return best.Where(run => run.Clients > 1).Take(OpponentsPerTarget)
            .Concat(best.Where(run => run.Clients == 1))
            .Select(run => (run.Text, run.Clients));
    }

    public void Print()
    {
        Console.WriteLine(
            "| accounts | | per second | ratio | p50 ms | p99 ms | batch | API cores | API MB |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|");

        foreach (var target in runs.Select(run => run.Target).Distinct())
        {
            // A mix is compared with the transfers of the same accounts, for whose opponents there is a line
            // already.
            var transfers = target.Split(' ')[0];
            var rivals = OpponentsOf(transfers);
            var best = rivals.Where(rival => rival.Clients > 1).Max(rival => rival.Rate);
            var single = rivals.Where(rival => rival.Clients == 1).Max(rival => rival.Rate);

            foreach (var (text, clients, rate) in target == transfers ? rivals : [])
            {
                var ratio = rate / (clients == 1 ? single : best);
                Console.WriteLine(
                    $"| {target} | pgbench, {text}, {Counted(clients, "client")} | {rate:N0} | {ratio:N2} "
                    + "| | | 1 | | |");
            }

            foreach (var group in runs.Where(run => run.Target == target).GroupBy(run => run.Connections))
            {
                double Middle(Func<ApiRun, double> value) => Median.Of(group.Select(run => value(run.Run)));
                var rate = Middle(run => run.Wrk.Rate);
                var ratio = rate / (group.Key == 1 ? single : best);
                Console.WriteLine(
                    $"| {target} | API, {Counted(group.Key, "connection")} | {rate:N0} | {ratio:N2} "
                    + $"| {Middle(run => run.Wrk.P50):N1} | {Middle(run => run.Wrk.P99):N1} "
                    + $"| {Middle(run => run.AverageBatch):N0} | {Middle(run => run.Cores):N2} "
                    + $"| {Middle(run => run.ResidentMegabytes):N0} |");
            }
        }
    }

    List<(string Text, int Clients, double Rate)> OpponentsOf(string target) =>
    [
        .. opponents
            .Where(run => run.Target == target)
            .GroupBy(run => (run.Text, run.Clients))
            .Select(group => (group.Key.Text, group.Key.Clients, Median.Of(group.Select(run => run.Rate)))),
    ];

    static string Counted(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
