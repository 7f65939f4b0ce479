using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>A history that would take too long to post: a cent comes in and goes out in turn, every second.</summary>
static class LongHistory
{
    /// <summary>When the transaction with a sequence was posted; the first one a second after the year began.</summary>
    public static DateTimeOffset At(long sequence) =>
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(sequence);

    /// <summary>Writes it for an account that has none, past the API.</summary>
    /// <param name="database">Where the account is, as its owner.</param>
    /// <param name="account">The account's id.</param>
    /// <param name="length">How many transactions there are, an even number.</param>
    public static async Task WriteAsync(NpgsqlDataSource database, long account, int length)
    {
        await database.ExecuteAsync(
            """
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount,
                from_balance, to_balance, from_version, to_version, created_at)
            SELECT gen_random_uuid(), CASE WHEN is_debit THEN $1 END, CASE WHEN NOT is_debit THEN $1 END, 1,
                   CASE WHEN is_debit THEN 0 END, CASE WHEN NOT is_debit THEN 1 END,
                   CASE WHEN is_debit THEN version END, CASE WHEN NOT is_debit THEN version END,
                   $3 + version * interval '1 second'
            FROM (
                SELECT version, version % 2 = 0 AS is_debit
                FROM generate_series(1, $2) AS version
            ) AS movement
            """,
            account, length, At(0));
        await database.ExecuteAsync(
            "UPDATE accounts SET version = $2, posted_at = $3 WHERE id = $1", account, length, At(length));
        await database.ExecuteAsync("ANALYZE accounts, transactions");
        await new RecordedLedger(database).ShouldHoldAsync(account);
    }

    /// <summary>Writes it for account 1 of user 1, the first of a new database.</summary>
    public static async Task WriteForOneAsync(NpgsqlDataSource database, int length)
    {
        await database.ExecuteAsync(
            """
            INSERT INTO users (username, password_hash) VALUES ('saver', '');
            INSERT INTO accounts (user_id) SELECT id FROM users;
            """);
        await WriteAsync(database, 1, length);
    }
}
