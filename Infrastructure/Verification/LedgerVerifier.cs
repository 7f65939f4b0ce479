using System.Data;
using System.Globalization;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Progress;
using Npgsql;

namespace Bank.Infrastructure.Verification;

/// <summary>
/// The program's mode that recomputes the whole ledger from its transactions, in one snapshot, and reports
/// what contradicts them. It changes nothing, blocks nobody, and also runs on a standby.
/// </summary>
static class LedgerVerifier
{
    /// <summary>The only argument of this mode.</summary>
    public const string Argument = "verify";

    /// <summary>The exit code if the ledger could not be verified.</summary>
    public const int ExitCodeError = 2;

    const int MaxFindingsShown = 10;

    static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// One snapshot for all checks, and memory to sort in. The tables are read without their indexes, which
    /// may be broken; the catalogs are read fast either way.
    /// </summary>
    const string BeginSql =
        """
        BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
        SET LOCAL work_mem = '256MB';
        SET LOCAL enable_indexscan = off;
        SET LOCAL enable_indexonlyscan = off;
        SET LOCAL enable_bitmapscan = off;
        SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout';
        """;

    const string SizeSql = "SELECT (SELECT count(*) FROM transactions), (SELECT count(*) FROM accounts)";

    /// <summary>Runs every check and prints a table.</summary>
    /// <param name="connectionString">How the API connects.</param>
    /// <param name="output">Gets the table.</param>
    /// <param name="progress">Shows which check runs; null for nothing.</param>
    /// <returns>
    /// The exit code: 0 without findings, 1 with findings, 2 if the ledger could not be verified.
    /// </returns>
    public static async Task<int> RunAsync(
        string connectionString, TextWriter output, ProgressLine? progress = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(SessionSettings.ForMaintenance(connectionString))
        {
            CommandTimeout = 0,
            Pooling = false,
        };

        await using var connection = new NpgsqlConnection(settings.ConnectionString);

        try
        {
            await connection.OpenAsync();
            await using (var begin = new NpgsqlCommand(BeginSql, connection))
                await begin.ExecuteNonQueryAsync();

            var schema = await LedgerSchema.FindAsync(
                connection, LedgerSchema.NamedIn(connectionString), CancellationToken.None);
            await LedgerSchema.SearchAsync(connection, schema, CancellationToken.None);

            return await LedgerSchema.FindReasonAsync(connection, schema) is { } reason
                ? throw new StartupException(reason)
                : await RunAsync(connection, output, progress);
        }
        catch (Exception failure) when (failure is NpgsqlException or StartupException)
        {
            var advice = failure is not NpgsqlException refused ? failure.Message
                : connection.State == ConnectionState.Open ? DatabaseAdvice.ForReading(refused, settings)
                : DatabaseAdvice.ForConnecting(refused, settings);
            await output.WriteLineAsync($"The ledger cannot be verified: {advice}");
            return ExitCodeError;
        }
    }

    /// <summary>The same, on a connection whose transaction is one snapshot.</summary>
    public static async Task<int> RunAsync(
        NpgsqlConnection connection, TextWriter output, ProgressLine? progress = null)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        var results = new List<CheckResult>();

        foreach (var (index, check) in Checks.All.Index())
        {
            var running = RunAsync(connection, check);

            while (await Task.WhenAny(running, Task.Delay(ProgressInterval)) != running)
            {
                var elapsed = TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
                progress?.Report(
                    $"{index + 1} of {Checks.All.Length}, after {elapsed:F0} s: {check.Promise}");
            }

            results.Add(await running);
        }

        progress?.End();

        var (transactions, accounts) = await SizeAsync(connection);
        var found = results.Sum(result => result.Count);
        var seconds = TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
        await WriteTableAsync(results, output);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{transactions:N0} transactions of {accounts:N0} accounts in {seconds:F1} s: ")
            + (found == 0 ? "everything adds up."
                : string.Create(CultureInfo.InvariantCulture, $"{found:N0} findings.")));

        return found == 0 ? 0 : 1;
    }

    static async Task<CheckResult> RunAsync(NpgsqlConnection connection, Check check)
    {
        await using var command = new NpgsqlCommand(check.Sql, connection);

        if (check.Expected is { } expected)
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = expected });

        await using var rows = await command.ExecuteReaderAsync();
        var findings = new List<string>();
        var count = 0L;

        while (await rows.ReadAsync())
        {
            if (++count <= MaxFindingsShown)
                findings.Add(rows.GetString(0));
        }

        return new CheckResult(check, count, findings);
    }

    static async Task<(long, long)> SizeAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(SizeSql, connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();

        return (row.GetInt64(0), row.GetInt64(1));
    }

    static async Task WriteTableAsync(List<CheckResult> results, TextWriter output)
    {
        var width = results.Max(result => result.Check.Promise.Length);

        foreach (var (check, count, findings) in results)
        {
            var verdict = count == 0
                ? "ok"
                : string.Create(CultureInfo.InvariantCulture, $"{count:N0} found");
            await output.WriteLineAsync($"{check.Promise.PadRight(width)}  {verdict}");

            foreach (var finding in findings)
                await output.WriteLineAsync($"    {finding}");

            if (count > findings.Count)
                await output.WriteLineAsync("    …");
        }
    }
}
