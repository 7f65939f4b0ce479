using Npgsql;

namespace Bank.Benchmarks;

/// <summary>
/// Moves money while there are no webhooks, while a tenth of the accounts have one, and while as many other
/// accounts have one, to which nothing is sent, in turn. It looks at what they cost the clients who move it.
/// </summary>
static class WebhooksBenchmark
{
    const int Connections = 64;
    const int Webhooks = 1_000;
    const int IdleWebhooks = 10_000;
    const int IdleSeconds = 10;
    const int WarmUpSeconds = 10;

    public static async Task<int> RunAsync(bool isQuick)
    {
        var (rounds, seconds) = isQuick ? (2, 3) : (5, 8);
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var receiver = WebhookReceiver.Start();
        await using var api = await ApiProcess.StartAsync(
            ledger.ConnectionString, ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("Passwords__MinimumLength", "8"), ("Webhooks__Key", new string('k', 32)),
            ("Webhooks__AllowedNetworks__0", "127.0.0.1"));
        await ledger.SeedAsync();
        await ExecuteAsync(
            ledger, $"INSERT INTO accounts (user_id) SELECT 1 FROM generate_series(1, {IdleWebhooks})");
        var runs = new List<WebhooksRun>();

        for (var round = 0; round < rounds; round++)
        {
            await api.SignInAsync(BenchmarkLedger.Authorizations);

            foreach (var kind in Enum.GetValues<WebhooksKind>())
                runs.Add(await MeasureAsync(ledger, api, receiver, kind, seconds));
        }

        Print(runs);
        await MeasureIdleAsync(ledger, api, receiver);
        var holds = runs.TrueForAll(run => run.Api.IsExact) && await ledger.HoldsAsync();
        Console.WriteLine(holds ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

        return holds ? 0 : 1;
    }

    static async Task<WebhooksRun> MeasureAsync(
        BenchmarkLedger ledger, ApiProcess api, WebhookReceiver receiver, WebhooksKind kind, int seconds)
    {
        await CreateAsync(ledger, receiver, kind);
        await ledger.MeasureAsync(api, "uniform", Connections, WarmUpSeconds, warmUpSeconds: 0);
        // When the load ends, deliveries catch up, so they are counted for a second less.
        var delivering = DeliveriesPerSecondAsync(receiver, seconds - 1);
        var run = await ledger.MeasureAsync(api, "uniform", Connections, seconds, warmUpSeconds: 0);
        var each = TimeSpan.FromSeconds(seconds) / run.Transactions;

        return new WebhooksRun(kind, run, run.Cores * each, run.PostgresCores * each, await delivering);
    }

    static async Task<long> DeliveriesPerSecondAsync(WebhookReceiver receiver, int seconds)
    {
        var before = receiver.Count;
        await Task.Delay(TimeSpan.FromSeconds(seconds));

        return (receiver.Count - before) / seconds;
    }

    /// <summary>Replaces the webhooks. The accounts of idle ones are behind those that move money.</summary>
    static Task CreateAsync(BenchmarkLedger ledger, WebhookReceiver receiver, WebhooksKind kind) =>
        ExecuteAsync(
            ledger,
            $"""
            DELETE FROM webhooks;
            INSERT INTO webhooks (account_id, url, sequence)
            SELECT id, '{receiver.Url}', version
            FROM accounts
            WHERE {kind switch
            {
                WebhooksKind.None => "false",
                WebhooksKind.Busy => $"id <= {Webhooks}",
                _ => $"id > {ledger.Accounts}",
            }}
            """);

    static async Task ExecuteAsync(BenchmarkLedger ledger, string sql)
    {
        await using var database = NpgsqlDataSource.Create(ledger.ConnectionString);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    static void Print(List<WebhooksRun> runs)
    {
        Console.WriteLine(
            "| webhooks | transfers a second | p50 ms | p99 ms | API, µs a transfer | PostgreSQL "
            + "| deliveries a second |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");

        foreach (var ofKind in runs.GroupBy(run => run.Kind))
        {
            double Middle(Func<WebhooksRun, double> value) => Median.Of(ofKind.Select(value));
            Console.WriteLine(
                $"| {ofKind.Key} | {Middle(run => run.Api.Wrk.Rate):N0} "
                + $"| {Middle(run => run.Api.Wrk.P50):N1} | {Middle(run => run.Api.Wrk.P99):N1} "
                + $"| {Middle(run => run.OfApi.TotalMicroseconds):N1} "
                + $"| {Middle(run => run.OfPostgres.TotalMicroseconds):N1} "
                + $"| {Middle(run => run.Deliveries):N0} |");
        }

        foreach (var kind in new[] { WebhooksKind.Busy, WebhooksKind.Idle })
        {
            var rounds = runs.Chunk(3)
                .Select(round => (None: round[0], Some: round.Single(run => run.Kind == kind))).ToArray();
            var ratio = Median.Of(rounds.Select(round => round.Some.Api.Wrk.Rate / round.None.Api.Wrk.Rate));
            var cost = Median.Of(rounds.Select(round => round.Some.Used / round.None.Used));
            Console.WriteLine(
                $"{kind}, round by round: throughput times {ratio:N3}, processor time a transfer times "
                + $"{cost:N3} (medians)");
        }
    }

    /// <summary>What webhooks cost while nobody moves money.</summary>
    static async Task MeasureIdleAsync(BenchmarkLedger ledger, ApiProcess api, WebhookReceiver receiver)
    {
        foreach (var kind in new[] { WebhooksKind.None, WebhooksKind.Idle })
        {
            await CreateAsync(ledger, receiver, kind);
            await Task.Delay(TimeSpan.FromSeconds(IdleSeconds));
            var (ofApi, ofPostgres) = (api.ProcessorTime, ledger.ProcessorTime);
            await Task.Delay(TimeSpan.FromSeconds(IdleSeconds));
            Console.WriteLine(
                $"{kind}, without transfers: the API uses "
                + $"{(api.ProcessorTime - ofApi).TotalSeconds / IdleSeconds:P1} of a core, PostgreSQL "
                + $"{(ledger.ProcessorTime - ofPostgres).TotalSeconds / IdleSeconds:P1}");
        }
    }
}
