using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>A history too long to post: every second a cent is deposited or withdrawn, in turn.</summary>
static class LongHistory
{
    /// <summary>The time of a transaction by its sequence; the first is one second into the year.</summary>
    public static DateTimeOffset At(long sequence) =>
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(sequence);

    /// <summary>Writes the history of an empty account straight to the database.</summary>
    /// <param name="database">The database, as its owner.</param>
    /// <param name="account">The account's id.</param>
    /// <param name="length">The number of transactions; an even number.</param>
    /// <param name="reference">The reference of some of them; none has one if it is empty.</param>
    /// <param name="every">Which of them: every so many.</param>
    public static async Task WriteAsync(
        NpgsqlDataSource database, long account, int length, string reference = "", int every = 1)
    {
        await database.ExecuteAsync(
            """
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount,
                from_balance, to_balance, from_version, to_version, created_at, reference)
            SELECT gen_random_uuid(), CASE WHEN is_debit THEN $1 END, CASE WHEN NOT is_debit THEN $1 END, 1,
                   CASE WHEN is_debit THEN 0 END, CASE WHEN NOT is_debit THEN 1 END,
                   CASE WHEN is_debit THEN version END, CASE WHEN NOT is_debit THEN version END,
                   $3 + version * interval '1 second',
                   CASE WHEN version % $5 = 0 THEN nullif($4, '') END
            FROM (
                SELECT version, version % 2 = 0 AS is_debit
                FROM generate_series(1, $2) AS version
            ) AS movement
            """,
            account, length, At(0), reference, every);
        await database.ExecuteAsync(
            "UPDATE accounts SET version = $2, posted_at = $3 WHERE id = $1", account, length, At(length));
        await database.ExecuteAsync("ANALYZE accounts, transactions");
        await new RecordedLedger(database).ShouldHoldAsync(account);
    }

    /// <summary>Writes the history of account 1 of user 1 in a new database.</summary>
    public static async Task WriteForOneAsync(
        NpgsqlDataSource database, int length, string reference = "", int every = 1)
    {
        await database.ExecuteAsync(
            """
            INSERT INTO users (username, password_hash) VALUES ('saver', '');
            INSERT INTO accounts (user_id) SELECT id FROM users;
            """);
        await WriteAsync(database, 1, length, reference, every);
    }
}
