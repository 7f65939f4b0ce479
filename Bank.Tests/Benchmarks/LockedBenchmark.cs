using System.Net.Http.Headers;
using System.Text;
using Npgsql;

namespace Bank.Benchmarks;

/// <summary>
/// Locks accounts from outside, as a psql session would, while commands arrive for them, and looks at what
/// that costs those who use other accounts.
/// </summary>
static class LockedBenchmark
{
    const int Connections = 64;
    const int Seconds = 30;
    const int CommandsPerAccount = 2;
    static readonly int[] Counts = [0, 1, 4, 50];

    public static async Task<int> RunAsync()
    {
        await using var ledger = await BenchmarkLedger.StartAsync();
        await using var api = await ApiProcess.StartAsync(ledger.ConnectionString);
        await ledger.SeedAsync();
        await api.SignInAsync(BenchmarkLedger.Authorizations);
        var isExact = true;

        Console.WriteLine("| locked accounts | others per second | p50 ms | p99 ms | on locked accounts |");
        Console.WriteLine("|---:|---:|---:|---:|---|");

        foreach (var count in Counts)
        {
            await using var held = await LockAsync(ledger, count);
            using var ended = new CancellationTokenSource();
            var waiting = Task.WhenAll(Enumerable.Range(0, count * CommandsPerAccount)
                .Select(index => KeepDepositingAsync(api, 1 + index % count, ended.Token)));
            var run = await ledger.MeasureAsync(api, "uniform", Connections, Seconds, Counts.Max() + 1);
            await held.DisposeAsync();
            await ended.CancelAsync();
            var statuses = (await waiting).SelectMany(answers => answers).CountBy(status => status);

            isExact &= run.Wrk.Broken == 0 && run.Wrk.Answered == run.Wrk.Posted;
            Console.WriteLine(
                $"| {count} | {run.Wrk.Rate:N0} | {run.Wrk.P50:N1} | {run.Wrk.P99:N1} "
                + "| " + string.Join(", ", statuses.Select(status => $"{status.Value} times {status.Key}"))
                + " |");
        }

        var holds = isExact && await ledger.HoldsAsync();
        Console.WriteLine(holds ? BenchmarkLedger.Exact : BenchmarkLedger.Inexact);

        return holds ? 0 : 1;
    }

    /// <summary>Locks the first accounts until disposal.</summary>
    static async Task<NpgsqlConnection> LockAsync(BenchmarkLedger ledger, int count)
    {
        var connection = new NpgsqlConnection($"{ledger.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"BEGIN; SELECT FROM accounts WHERE id <= {count} FOR UPDATE", connection);
        await command.ExecuteNonQueryAsync();

        return connection;
    }

    /// <summary>What each of one client's deposits was answered, one after the other.</summary>
    static async Task<List<int>> KeepDepositingAsync(ApiProcess api, int account, CancellationToken ended)
    {
        var authorizations = BenchmarkLedger.Authorizations;
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization =
            AuthenticationHeaderValue.Parse(authorizations[(account - 1) % authorizations.Count]);
        var statuses = new List<int>();

        while (!ended.IsCancellationRequested)
        {
            using var body = new StringContent(
                $$"""{"account_id":{{account}},"amount":1}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(
                new Uri("/transactions/deposit", UriKind.Relative), body, default);
            statuses.Add((int)answer.StatusCode);
        }

        return statuses;
    }
}
