using System.Diagnostics;
using System.Globalization;
using Bank.Infrastructure.Verification;

namespace Bank.Benchmarks;

/// <summary>
/// Compares a large ledger with a small one of the same past, as <see cref="Filling"/> makes it: transfers
/// beside pgbench, with nothing in memory and after a minute, reads of what is and is not in memory, and how
/// much log, disk and memory it takes.
/// </summary>
static class ScaleBenchmark
{
    const int Small = BenchmarkLedger.FewAccounts;
    const int Large = 1_000_000;
    const int Connections = 256;
    const int ReadingConnections = 64;
    const int Clients = 16;
    const int Seconds = 5;
    const int Rounds = 3;
    const int SecondsToWarm = 60;

    /// <summary>How long, and among how many accounts, new processes get to know their own code.</summary>
    const int SecondsToBegin = 10;
    const int AccountsToBegin = 1_000;

    /// <summary>How many statements go out at once, for comparison.</summary>
    const int Several = 4;

    /// <summary>Reads everything once, so that the system keeps it.</summary>
    const string IntoMemorySql =
        """
        CREATE EXTENSION IF NOT EXISTS pg_prewarm;

        SELECT sum(pg_prewarm(oid::regclass, 'read'))
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i');
        """;

    static readonly string[] Reads = ["account", "history", "balance"];

    /// <summary>About how long it takes to fill the large ledger, and to verify it.</summary>
    static readonly TimeSpan TimeToFill = TimeSpan.FromMinutes(4);
    static readonly TimeSpan TimeToVerify = TimeSpan.FromMinutes(2);

    /// <summary>About how long it takes to measure one ledger.</summary>
    static readonly TimeSpan TimeToMeasure = TimeSpan.FromSeconds(
        3 * Seconds + 2 * SecondsToBegin + SecondsToWarm + Rounds * 3 * Seconds
        + (Rounds + 1) * Reads.Length * Seconds + 40);

    public static async Task<int> RunAsync(params string[] words)
    {
        var parts = ScaleParts.Parse(words);
        var sizes = new[] { Large, Small }.Where(
            size => size == Large ? parts.HasLarge : parts.HasSmall);
        var ledgers = new List<BenchmarkLedger>();

        try
        {
            // All are there before anything is measured: to fill a ledger leaves work behind.
            foreach (var accounts in sizes)
                ledgers.Add(await FindOrFillAsync(accounts, parts));

            return parts.FillsOnly || await MeasureAsync(ledgers) ? 0 : 1;
        }
        finally
        {
            foreach (var ledger in ledgers)
                await ledger.DisposeAsync();
        }
    }

    static async Task<bool> MeasureAsync(List<BenchmarkLedger> ledgers)
    {
        var table = new List<string>();
        var isExact = true;

        foreach (var ledger in ledgers.OrderBy(ledger => ledger.Accounts))
        {
            var isLarge = ledger.Accounts == Large;
            Steps.Expect(TimeToMeasure + (isLarge || ledgers.Count == 1 ? TimeSpan.Zero : TimeToMeasure)
                + (ledgers.Exists(one => one.Accounts == Large) ? TimeToVerify : TimeSpan.Zero));
            isExact &= await RunAsync(ledger, table);
        }

        Console.WriteLine("| accounts | | per second | ratio | p50 ms | p99 ms | WAL bytes each | API MB |");
        Console.WriteLine("|---:|---|---:|---:|---:|---:|---:|---:|");
        table.ForEach(Console.WriteLine);
        Console.WriteLine(isExact ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

        return isExact;
    }

    static async Task<bool> RunAsync(BenchmarkLedger ledger, List<string> table)
    {
        await ledger.RestartColdAsync();
        var runs = new List<ScaleRun> { await PgbenchAsync(ledger, "cold") };
        await ledger.RestartColdAsync();
        await using var api = await ApiProcess.StartAsync(ledger.ConnectionString);
        await BeginAsync(ledger, api);
        runs.Add(await TransferAsync(ledger, api, "API, cold"));

        await ledger.RestartColdAsync();
        await using var several = await ApiProcess.StartAsync(
            ledger.ConnectionString, ("GroupCommit__MaxQueriesInFlight", $"{Several}"));
        await BeginAsync(ledger, several);
        runs.Add(await TransferAsync(ledger, several, $"API, {Several} statements at once, cold"));

        // It forgot everyone when it lost the server.
        await api.SignInAsync(BenchmarkLedger.Authorizations);
        await ledger.MeasureAsync(api, "uniform", Connections, SecondsToWarm, warmUpSeconds: 0);

        for (var round = 0; round < Rounds; round++)
        {
            runs.Add(await PgbenchAsync(ledger, "after a minute"));
            await api.SignInAsync(BenchmarkLedger.Authorizations);
            runs.Add(await TransferAsync(ledger, api, "API, after a minute"));
            await several.SignInAsync(BenchmarkLedger.Authorizations);
            runs.Add(await TransferAsync(
                ledger, several, $"API, {Several} statements at once, after a minute"));
        }

        foreach (var read in Reads)
            runs.Add(await ReadAsync(ledger, api, read, "where it is"));

        await ledger.ExecuteAsync(IntoMemorySql);

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var read in Reads)
                runs.Add(await ReadAsync(ledger, api, read, "in memory"));
        }

        table.AddRange(Rows(ledger.Accounts, runs));

        return runs.TrueForAll(run => run.IsExact)
            && await LedgerVerifier.RunAsync(ledger.ConnectionString, Console.Out) == 0;
    }

    /// <summary>A ledger that was kept, or a new one.</summary>
    /// <exception cref="ArgumentException">The kept one was not filled to its end.</exception>
    static async Task<BenchmarkLedger> FindOrFillAsync(int accounts, ScaleParts parts)
    {
        if (parts.Directory is null)
            return await FillAsync(await BenchmarkLedger.StartAsync(accounts, parts.Settings));

        var directory = Path.GetFullPath(Path.Combine(parts.Directory, $"{accounts}"));
        var isFilled = Path.Combine(directory, "filled");

        if (!Directory.Exists(directory))
        {
            var ledger = await FillAsync(
                await BenchmarkLedger.StartInAsync(directory, accounts, parts.Settings));
            await File.WriteAllTextAsync(isFilled, "");

            return ledger;
        }

        return File.Exists(isFilled)
            ? await BenchmarkLedger.StartInAsync(directory, accounts, parts.Settings)
            : throw new ArgumentException($"{directory} was not filled to its end: remove it.");
    }

    static async Task<BenchmarkLedger> FillAsync(BenchmarkLedger ledger)
    {
        var since = Stopwatch.StartNew();

        if (ledger.Accounts == Large)
            Steps.Expect(TimeToFill);

        // Its start makes the schema.
        await using (await ApiProcess.StartAsync(ledger.ConnectionString))
            await Filling.FillAsync(ledger);

        var transactions = await ledger.QueryScalarAsync<long>("SELECT count(*) FROM transactions");
        var size = await ledger.QueryScalarAsync<long>("SELECT pg_database_size(current_database())");
        Console.WriteLine(
            $"{ledger.Accounts:N0} accounts with {transactions:N0} transactions, {size / 1e9:N1} GB, "
            + $"filled in {since.Elapsed.TotalSeconds:N0} s");

        return ledger;
    }

    static async Task<ScaleRun> PgbenchAsync(BenchmarkLedger ledger, string state)
    {
        var pgbench = new Pgbench(ledger.ConnectionString, ledger.Accounts, BenchmarkLedger.Users);
        var (rate, bytes) = await WithLogAsync(
            ledger, () => pgbench.RunAsync("by hand", "uniform", Clients, Seconds));

        return new ScaleRun($"pgbench, {state}", rate, BytesEach: bytes / (rate * Seconds));
    }

    static async Task<ScaleRun> TransferAsync(BenchmarkLedger ledger, ApiProcess api, string name)
    {
        var (run, bytes) = await WithLogAsync(
            ledger, () => ledger.MeasureAsync(api, "uniform", Connections, Seconds, warmUpSeconds: 0));

        return new ScaleRun(
            name, run.Wrk.Rate, run.Wrk.P50, run.Wrk.P99, bytes / (double)run.Transactions,
            run.ResidentMegabytes, run.IsExact);
    }

    static async Task<ScaleRun> ReadAsync(BenchmarkLedger ledger, ApiProcess api, string read, string state)
    {
        var wrk = await Wrk.RunAsync(api.Address, read, ReadingConnections, Seconds, 1, ledger.Accounts);

        return new ScaleRun(
            $"{read}, {state}", wrk.Rate, wrk.P50, wrk.P99, IsExact: wrk is { Broken: 0, Refused: 0 });
    }

    /// <summary>Lets a new process know its own code and passwords, without warming the ledger.</summary>
    static async Task BeginAsync(BenchmarkLedger ledger, ApiProcess api)
    {
        await api.SignInAsync(BenchmarkLedger.Authorizations);
        await ledger.MeasureAsync(
            api, "uniform", Connections, SecondsToBegin, last: AccountsToBegin, warmUpSeconds: 0);
    }

    static async Task<(T Result, long Bytes)> WithLogAsync<T>(BenchmarkLedger ledger, Func<Task<T>> run)
    {
        var before = await ledger.QueryScalarAsync<decimal>("SELECT pg_current_wal_insert_lsn() - '0/0'");
        var result = await run();
        var after = await ledger.QueryScalarAsync<decimal>("SELECT pg_current_wal_insert_lsn() - '0/0'");

        return (result, (long)(after - before));
    }

    static IEnumerable<string> Rows(int accounts, List<ScaleRun> runs)
    {
        var groups = runs.GroupBy(run => run.Name).ToDictionary(
            group => group.Key,
            group => (Func<Func<ScaleRun, double>, double>)(value => Median.Of(group.Select(value))));

        foreach (var (name, median) in groups)
        {
            var state = name[(name.LastIndexOf(", ", StringComparison.Ordinal) + 2)..];
            var opponent = groups.GetValueOrDefault($"pgbench, {state}");
            var ratio = opponent is null ? "" : $"{median(run => run.Rate) / opponent(run => run.Rate):N2}";

            yield return $"| {accounts:N0} | {name} | {median(run => run.Rate):N0} | {ratio} "
                + $"| {Text(median(run => run.P50), "N1")} | {Text(median(run => run.P99), "N1")} "
                + $"| {Text(median(run => run.BytesEach), "N0")} "
                + $"| {Text(median(run => run.Megabytes), "N0")} |";
        }
    }

    static string Text(double value, string format) =>
        value == 0 ? "" : value.ToString(format, CultureInfo.CurrentCulture);
}
