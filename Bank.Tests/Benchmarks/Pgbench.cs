using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Bank.Features.Transfers;
using Npgsql;

namespace Bank.Benchmarks;

/// <summary>
/// The opponent: pgbench with one transfer a commit, prepared and planned once, as fast as PostgreSQL alone
/// can.
/// </summary>
sealed class Pgbench(string connectionString, int accounts, int users)
{
    /// <summary>
    /// The slice's own query with one command; a query written by hand for one transfer; and what an
    /// application would send, statement by statement.
    /// </summary>
    public static readonly string[] Texts = ["set form", "by hand", "naive"];

    static readonly string Id = IdAt("clock_timestamp()");

    readonly NpgsqlConnectionStringBuilder settings = new(connectionString);

    /// <summary>A time-ordered id like the API's, so that both fill the index from its end.</summary>
    public static string IdAt(string time) =>
        $"(lpad(to_hex((extract(epoch FROM {time}) * 1000)::bigint), 12, '0')"
        + " || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid";

    /// <summary>Runs one text and answers transfers per second.</summary>
    /// <param name="text">One of <see cref="Texts"/>.</param>
    /// <param name="target">"uniform", or "hot" for every transfer crediting account 1.</param>
    /// <param name="clients">How many connections.</param>
    /// <param name="seconds">How long.</param>
    public async Task<double> RunAsync(string text, string target, int clients, int seconds)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, Choose(target) + SqlOf(text));

        try
        {
            var start = new ProcessStartInfo(
                "pgbench",
                [
                    "-n", "-M", "prepared", "-h", settings.Host!, "-U", settings.Username!, "-f", script,
                    "-c", Text(clients), "-j", Text(Math.Min(clients, 2)), "-T", Text(seconds),
                    settings.Database!,
                ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["PGOPTIONS"] = "-c plan_cache_mode=force_generic_plan -c jit=off";

            using var process = Process.Start(start)!;
            var output = await Steps.ShowAsync(
                $"pgbench, {text}, {target}, {clients} clients, {seconds} s",
                process.StandardOutput.ReadToEndAsync());
            await process.WaitForExitAsync();
            var tps = Regex.Match(output, @"tps = ([\d.]+)");

            return tps.Success && Regex.IsMatch(output, "failed transactions: 0 ")
                ? double.Parse(tps.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException(output + await process.StandardError.ReadToEndAsync());
        }
        finally
        {
            File.Delete(script);
        }
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    string Choose(string target) =>
        $"""
        \set to {(target == "hot" ? "1" : $"random(1, {accounts})")}
        \set from random(1, {accounts - 1})
        \set from :from + (CASE WHEN :from >= :to THEN 1 ELSE 0 END)
        \set caller 1 + (:from - 1) % {users}
        \set amount random(1, 999)

        """;

    static string SqlOf(string text) => text switch
    {
        "set form" => SetForm(),
        "by hand" => Read("transfer-by-hand.sql"),
        _ => Read("transfer-naive.sql"),
    };

    static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file))
        .Replace("{id}", Id, StringComparison.Ordinal)
        .Replace(":amount", ":amount::bigint", StringComparison.Ordinal);

    static string SetForm()
    {
        var sql = (string)typeof(TransferQuery)
            .GetField("Sql", BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;

        // The arrays of one command; its id is made once, as the API makes it before the statement.
        var rest = sql[(sql.IndexOf("WITH", StringComparison.Ordinal) + "WITH".Length)..];
        // Whoever sends one command at a time waits for its accounts, or nothing would be moved.
        return $"WITH given AS MATERIALIZED (SELECT ARRAY[{Id}] AS ids), " + rest
            .Replace(" SKIP LOCKED", "", StringComparison.Ordinal)
            .Replace("@ids", "(SELECT ids FROM given)", StringComparison.Ordinal)
            .Replace("@callers", "ARRAY[:caller]::bigint[]", StringComparison.Ordinal)
            .Replace("@accounts", "ARRAY[:from, :to]::bigint[]", StringComparison.Ordinal)
            .Replace("@from", "ARRAY[:from]::bigint[]", StringComparison.Ordinal)
            .Replace("@to", "ARRAY[:to]::bigint[]", StringComparison.Ordinal)
            .Replace("@amounts", "ARRAY[:amount]::bigint[]", StringComparison.Ordinal)
            .Replace("@references", "ARRAY[]::text[]", StringComparison.Ordinal)
            .Replace("@keys", "ARRAY[]::text[]", StringComparison.Ordinal)
            .Replace("@fingerprints", "ARRAY[]::text[]", StringComparison.Ordinal)
            .Replace("@traceIds", "ARRAY[]::text[]", StringComparison.Ordinal) + ";";
    }
}
