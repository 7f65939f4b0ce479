namespace Bank.Benchmarks;

/// <summary>
/// Collects the runs and prints their medians, and the ratios to pgbench's best of the same round with their
/// range.
/// </summary>
sealed class Report
{
    const int OpponentsPerTarget = 2;

    readonly List<(string Target, string Text, int Clients, double Rate)> scouted = [];
    readonly List<(int Round, string Target, string Text, int Clients, double Rate)> opponents = [];
    readonly List<(int Round, string Target, string Name, ApiRun Run)> runs = [];
    readonly List<ApiRun> withoutLedger = [];

    /// <summary>Whether the ledger always gained exactly what was answered 201.</summary>
    public bool IsExact => runs.TrueForAll(run => run.Run.IsExact);

    public void Scout(string target, string text, int clients, double rate) =>
        scouted.Add((target, text, clients, rate));

    public void Opponent(int round, string target, string text, int clients, double rate) =>
        opponents.Add((round, target, text, clients, rate));

    public void Api(int round, string target, string name, ApiRun run)
    {
        runs.Add((round, target, name, run));

        if (!run.IsExact)
            Console.WriteLine($"{target}, {name}: {run.Transactions} in the ledger of {run.Wrk}");
    }

    public void WithoutLedger(ApiRun run) => withoutLedger.Add(run);

    /// <summary>
    /// The best that pgbench showed, with one client and with many, and the best of the naive text.
    /// </summary>
    public IEnumerable<(string Text, int Clients)> Opponents(string target)
    {
        var best = scouted.Where(run => run.Target == target).OrderByDescending(run => run.Rate).ToList();
        var written = best.Where(run => run.Text != "naive").ToList();

        return written.Where(run => run.Clients > 1).Take(OpponentsPerTarget)
            .Append(written.First(run => run.Clients == 1))
            .Append(best.First(run => run.Text == "naive"))
            .Select(run => (run.Text, run.Clients));
    }

    public void Print()
    {
        Console.WriteLine(
            "| accounts | | per second | ratio | lowest to highest | to one client | p50 ms | p99 ms | group "
            + "| API cores | API MB |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");

        foreach (var target in opponents.Select(run => run.Target).Distinct())
        {
            foreach (var rival in opponents.Where(run => run.Target == target)
                .GroupBy(run => (run.Text, run.Clients)))
                Print(
                    target, $"pgbench, {rival.Key.Text}, clients: {rival.Key.Clients}",
                    [.. rival.Select(run => (run.Round, run.Rate))], "| | | 1 | |");
        }

        foreach (var group in runs.GroupBy(run => (run.Target, run.Name)))
            Print(
                group.Key.Target, $"API, {group.Key.Name}",
                [.. group.Select(run => (run.Round, run.Run.Wrk.Rate))],
                Costs([.. group.Select(run => run.Run)]));

        if (withoutLedger.Count > 0)
            Console.WriteLine(
                $"| none | API, the same request without a ledger, 256 connections "
                + $"| {Median.Of(withoutLedger.Select(run => run.Wrk.Rate)):N0} | | | "
                + $"{Costs(withoutLedger)} |");
    }

    void Print(string target, string name, (int Round, double Rate)[] rates, string costs)
    {
        // A mix is compared with the transfers between the same accounts.
        var transfers = target.Split(' ')[0];
        var ratios = rates.Select(run => run.Rate / Best(run.Round, transfers, clients => true)).ToList();
        var toOne = rates.Select(run => run.Rate / Best(run.Round, transfers, clients => clients == 1));
        Console.WriteLine(
            $"| {target} | {name} | {Median.Of(rates.Select(run => run.Rate)):N0} | {Median.Of(ratios):N2} "
            + $"| {ratios.Min():N2} to {ratios.Max():N2} | {Median.Of(toOne):N2} {costs} |");
    }

    static string Costs(IReadOnlyList<ApiRun> group)
    {
        double Middle(Func<ApiRun, double> value) => Median.Of(group.Select(value));

        return $"| {Middle(run => run.Wrk.P50):N1} | {Middle(run => run.Wrk.P99):N1} "
            + $"| {Middle(run => run.AverageBatch):N0} | {Middle(run => run.Cores):N2} "
            + $"| {Middle(run => run.ResidentMegabytes):N0}";
    }

    double Best(int round, string target, Func<int, bool> clients) => opponents
        .Where(run => run.Round == round && run.Target == target && clients(run.Clients))
        .Max(run => run.Rate);
}
