using System.Diagnostics;
using Npgsql;

namespace Bank.Benchmarks;

/// <summary>
/// Fills a ledger with a past: every account was paid into once and then moved money twice a day. All of it
/// is what the API would have recorded, so that the ledger verifies.
/// </summary>
static class Filling
{
    /// <summary>How many days ago the first transaction was; the last was yesterday.</summary>
    public const int Days = 40;

    const int Rounds = (Days - 1) * 2;

    /// <summary>
    /// In every round half of the accounts pay the other half, another one each time, and the next time they
    /// are paid. What is asked of each row is taken from the number of its round and its place, so that
    /// balances and versions follow without looking at those before.
    /// </summary>
    const string BeginSql =
        """
        ALTER TABLE transactions
            DROP CONSTRAINT transactions_pkey,
            DROP CONSTRAINT transactions_from_sequence,
            DROP CONSTRAINT transactions_to_sequence;

        CREATE TEMPORARY TABLE rounds AS
        SELECT round, 100 + round AS amount,
               sum(CASE WHEN round % 2 = 1 THEN -100 - round ELSE 100 + round END)
                   OVER (ORDER BY round)::bigint AS change,
               date_trunc('day', clock_timestamp()) - interval '{days} days' + round * interval '12 hours'
                   AS begun_at
        FROM generate_series(1, {rounds}) AS round;

        INSERT INTO accounts (user_id, balance, version, posted_at, created_at)
        SELECT 1 + (n - 1) % {users},
               {opening} + CASE WHEN n <= {half} THEN change ELSE -change END,
               1 + {rounds},
               begun_at + (CASE WHEN n <= {half} THEN n - 1
                           ELSE (n - 1 - {half} + {rounds}::bigint * ({half} - 7919 % {half})) % {half} END)
                   * interval '1 microsecond',
               begun_at - interval '{days} days'
        FROM generate_series(1, {accounts}) AS n
        CROSS JOIN rounds
        WHERE round = {rounds}
        ORDER BY n;

        INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at)
        SELECT ({id}), n, {opening}, {opening}, 1, created_at
        FROM rounds
        CROSS JOIN LATERAL generate_series(1, {accounts}) AS n
        CROSS JOIN LATERAL (
            SELECT begun_at - interval '12 hours' + n * interval '1 microsecond' AS created_at) AS moment
        WHERE round = 1;
        """;

    /// <summary>The transfers of one round.</summary>
    const string RoundSql =
        """
        INSERT INTO transactions (
            id, from_account_id, to_account_id, amount, from_balance, to_balance, from_version, to_version,
            created_at)
        SELECT ({id}),
               CASE WHEN round % 2 = 1 THEN low ELSE high END,
               CASE WHEN round % 2 = 1 THEN high ELSE low END,
               amount,
               {opening} + CASE WHEN round % 2 = 1 THEN change ELSE -change END,
               {opening} + CASE WHEN round % 2 = 1 THEN -change ELSE change END,
               1 + round, 1 + round, created_at
        FROM (SELECT * FROM rounds WHERE round = $1) AS round
        CROSS JOIN LATERAL generate_series(0, {half} - 1) AS place
        CROSS JOIN LATERAL (
            SELECT place + 1 AS low, 1 + {half} + (place + round * 7919::bigint) % {half} AS high,
                   begun_at + place * interval '1 microsecond' AS created_at) AS pair;
        """;

    const string IndexSql =
        """
        SET maintenance_work_mem = '1GB';

        ALTER TABLE transactions
            ADD CONSTRAINT transactions_pkey PRIMARY KEY (id),
            ADD CONSTRAINT transactions_from_sequence UNIQUE (from_account_id, from_version),
            ADD CONSTRAINT transactions_to_sequence UNIQUE (to_account_id, to_version);
        """;

    /// <summary>Fills a ledger of an even number of accounts, which has none yet.</summary>
    public static async Task FillAsync(BenchmarkLedger ledger)
    {
        await ledger.RegisterAsync();
        await using var connection = new NpgsqlConnection(ledger.ConnectionString);
        await connection.OpenAsync();
        await ExecuteAsync(BeginSql, "opening accounts");
        var since = Stopwatch.StartNew();

        for (var round = 1; round <= Rounds; round++)
        {
            // The indexes take about as long again as all rounds together.
            var left = round == 1 ? TimeSpan.Zero : since.Elapsed / (round - 1) * (2 * Rounds + 1 - round);
            await ExecuteAsync(
                RoundSql, $"round {round} of {Rounds}, {left:m\\:ss} left", round);
        }

        await ExecuteAsync(IndexSql, "indexing");
        await ExecuteAsync("VACUUM (ANALYZE, FREEZE)", "vacuuming");

        async Task ExecuteAsync(string sql, string step, int? round = null)
        {
            await using var command = new NpgsqlCommand(Complete(sql, ledger), connection)
            {
                CommandTimeout = 0,
            };

            if (round is { } number)
                command.Parameters.Add(new NpgsqlParameter { Value = number });

            await Steps.ShowAsync(
                $"filling {ledger.Accounts:N0} accounts, {step}", command.ExecuteNonQueryAsync());
        }
    }

    static string Complete(string sql, BenchmarkLedger ledger) => sql
        .Replace("{id}", Pgbench.IdAt("created_at"), StringComparison.Ordinal)
        .Replace("{days}", $"{Days}", StringComparison.Ordinal)
        .Replace("{rounds}", $"{Rounds}", StringComparison.Ordinal)
        .Replace("{users}", $"{BenchmarkLedger.Users}", StringComparison.Ordinal)
        .Replace("{opening}", $"{BenchmarkLedger.Opening}::bigint", StringComparison.Ordinal)
        .Replace("{half}", $"{ledger.Accounts / 2}", StringComparison.Ordinal)
        .Replace("{accounts}", $"{ledger.Accounts}", StringComparison.Ordinal);
}
