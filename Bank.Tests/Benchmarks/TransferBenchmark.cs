namespace Bank.Benchmarks;

/// <summary>
/// Transfers over HTTP beside pgbench on the same PostgreSQL. First pgbench runs with every text and number
/// of clients; then, in rounds, its best take turns with the API.
/// </summary>
static class TransferBenchmark
{
    const int ScoutSeconds = 2;

    static readonly int[] Connections = [1, 16, 64, 256];
    static readonly int[] Clients = [1, 8, 16, 32, 64];
    static readonly string[] Targets = ["uniform", "hot"];

    /// <returns>The exit code: 0 if the ledger holds exactly what was posted.</returns>
    public static async Task<int> RunAsync(bool isQuick)
    {
        var (rounds, seconds) = isQuick ? (1, 3) : (5, 5);
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var api = await ApiProcess.StartAsync(ledger.ConnectionString);
        await ledger.SeedAsync();
        await api.SignInAsync(BenchmarkLedger.Authorizations);
        var opponent = new Pgbench(
            ledger.ConnectionString, ledger.Accounts, BenchmarkLedger.Authorizations.Count);
        var report = new Report();
        Console.WriteLine("Choosing the opponents …");

        foreach (var target in Targets)
        {
            foreach (var text in Pgbench.Texts)
            {
                foreach (var clients in Clients)
                    report.Scout(
                        target, text, clients,
                        await opponent.RunAsync(text, target, clients, ScoutSeconds));
            }
        }

        for (var round = 1; round <= rounds; round++)
        {
            Console.WriteLine($"Round {round} of {rounds} …");

            foreach (var target in Targets)
                await RunRoundAsync(ledger, api, opponent, report, (round, target, seconds));
        }

        report.Print();
        var holds = report.IsExact && await ledger.HoldsAsync();
        Console.WriteLine(holds ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

        return holds ? 0 : 1;
    }

    /// <summary>One opponent and one number of connections in turn.</summary>
    static async Task RunRoundAsync(
        BenchmarkLedger ledger, ApiProcess api, Pgbench opponent, Report report,
        (int Number, string Target, int Seconds) round)
    {
        var (number, target, seconds) = round;
        var opponents = new Queue<(string Text, int Clients)>(report.Opponents(target));

        foreach (var connections in Connections)
        {
            await RunOpponentAsync();
            report.Api(number, target, $"connections: {connections}", await DriveAsync(target, connections));
        }

        while (opponents.Count > 0)
            await RunOpponentAsync();

        report.Api(
            number, $"{target} mixed", $"connections: {Connections[^1]}",
            await DriveAsync($"{target} mixed", Connections[^1]));
        report.Api(
            number, target, Http2.Description,
            await ledger.MeasureAsync(
                api, seconds, time => Http2.RunAsync(api.Http2Address, target, time)));

        if (target == Targets[0])
            report.WithoutLedger(await DriveAsync(Wrk.WithoutLedger, Connections[^1]));

        async Task RunOpponentAsync()
        {
            if (opponents.TryDequeue(out var next))
                report.Opponent(
                    number, target, next.Text, next.Clients,
                    await opponent.RunAsync(next.Text, target, next.Clients, seconds));
        }

        Task<ApiRun> DriveAsync(string driven, int connections) =>
            ledger.MeasureAsync(api, driven, connections, seconds);
    }
}
