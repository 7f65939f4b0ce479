using Npgsql;

namespace Bank.Infrastructure.Verification;

/// <summary>
/// The program's other mode that recomputes the whole ledger from its transactions, as they were at one moment,
/// and says what does not follow. It changes nothing and locks nobody out; a standby will do.
/// </summary>
static class LedgerVerifier
{
    /// <summary>The one argument that asks for it.</summary>
    public const string Argument = "verify";

    /// <summary>The exit code where the ledger could not be checked.</summary>
    public const int CouldNot = 2;

    /// <summary>How many findings of a check are told.</summary>
    const int Told = 10;

    /// <summary>One snapshot for all, and memory to sort in.</summary>
    const string BeginSql =
        """
        BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
        SET LOCAL work_mem = '256MB';
        SET LOCAL statement_timeout = 0;
        """;

    const string SizeSql = "SELECT (SELECT count(*) FROM transactions), (SELECT count(*) FROM accounts)";

    /// <summary>Checks everything, prints a table, and answers the exit code.</summary>
    /// <returns>0 when nothing was found, 1 when something was, 2 when it could not be checked.</returns>
    public static async Task<int> RunAsync(string connectionString, TextWriter output)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0, Pooling = false };

        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync();
            await using (var begin = new NpgsqlCommand(BeginSql, connection))
                await begin.ExecuteNonQueryAsync();

            return await RunAsync(connection, output);
        }
        catch (NpgsqlException away)
        {
            await output.WriteLineAsync($"The ledger cannot be verified: {away.Message}");
            return CouldNot;
        }
    }

    /// <summary>The same, on a connection whose transaction is one snapshot.</summary>
    public static async Task<int> RunAsync(NpgsqlConnection connection, TextWriter output)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        var results = new List<CheckResult>();

        foreach (var check in Checks.All)
            results.Add(await RunAsync(connection, check));

        var (transactions, accounts) = await SizeAsync(connection);
        var found = results.Sum(result => result.Count);
        await TellAsync(results, output);
        await output.WriteLineAsync(FormattableString.Invariant(
            $"{transactions:N0} transactions of {accounts:N0} accounts in {since.Elapsed.TotalSeconds:F1} s: ")
            + (found == 0 ? "everything adds up." : FormattableString.Invariant($"{found:N0} findings.")));

        return found == 0 ? 0 : 1;
    }

    static async Task<CheckResult> RunAsync(NpgsqlConnection connection, Check check)
    {
        await using var command = new NpgsqlCommand(check.Sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var findings = new List<string>();
        var count = 0L;

        while (await rows.ReadAsync())
        {
            if (++count <= Told)
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

    static async Task TellAsync(List<CheckResult> results, TextWriter output)
    {
        var width = results.Max(result => result.Check.Promise.Length);

        foreach (var result in results)
        {
            await output.WriteLineAsync(FormattableString.Invariant(
                $"{result.Check.Promise.PadRight(width)}  {(result.Count == 0 ? "ok" : $"{result.Count:N0} found")}"));

            foreach (var finding in result.Findings)
                await output.WriteLineAsync($"    {finding}");

            if (result.Count > result.Findings.Count)
                await output.WriteLineAsync("    …");
        }
    }
}
