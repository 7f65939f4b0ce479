using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Tests.Harness;

/// <summary>The ledger as the database records it, read without the API.</summary>
public sealed class RecordedLedger(NpgsqlDataSource database)
{
    /// <summary>
    /// Accounts whose history does not add up. It starts at zero, each version is one more than the previous,
    /// each balance follows from the previous one and the amount, and the account has the last of both.
    /// </summary>
    const string BrokenSql =
        """
        WITH entry AS (
            SELECT from_account_id AS account_id, from_version AS version,
                   from_balance AS balance, -amount AS change
            FROM transactions
            WHERE from_account_id = ANY ($1)
            UNION ALL
            SELECT to_account_id, to_version, to_balance, amount
            FROM transactions
            WHERE to_account_id = ANY ($1)
        ),
        expected AS (
            SELECT account_id, version, balance,
                   row_number() OVER account AS expected_version,
                   sum(change) OVER account AS expected_balance
            FROM entry
            WINDOW account AS (PARTITION BY account_id ORDER BY version)
        ),
        last AS (
            SELECT account_id, count(*) AS version, sum(change) AS balance
            FROM entry
            GROUP BY account_id
        )
        SELECT format('account %s: entry %s leaves %s, expected entry %s to leave %s',
                      account_id, version, balance, expected_version, expected_balance)
        FROM expected
        WHERE version <> expected_version OR balance <> expected_balance
        UNION ALL
        SELECT format('account %s holds %s at version %s, its entries make it %s at version %s',
                      id, accounts.balance, accounts.version,
                      coalesce(last.balance, 0), coalesce(last.version, 0))
        FROM accounts
        LEFT JOIN last ON last.account_id = id
        WHERE id = ANY ($1)
          AND (accounts.balance <> coalesce(last.balance, 0) OR accounts.version <> coalesce(last.version, 0))
        UNION ALL
        SELECT format('account %s has set %s aside, its holds %s', accounts.id, held, open.amount)
        FROM accounts
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount), 0) AS amount
            FROM holds
            WHERE from_account_id = accounts.id AND status = 'held'
        ) AS open
        WHERE id = ANY ($1) AND held <> open.amount
        UNION ALL
        SELECT format('refund %s is number %s of %s and leaves %s', id, refund_number, refund_of, refund_left)
        FROM (
            SELECT refund.id, refund.refund_of, refund.refund_number, refund.refund_left,
                   row_number() OVER original AS number,
                   original.amount - sum(refund.amount) OVER original AS amount_left
            FROM transactions AS refund
            JOIN transactions AS original ON original.id = refund.refund_of
            WHERE refund.from_account_id = ANY ($1)
            WINDOW original AS (PARTITION BY refund.refund_of ORDER BY refund.refund_number)
        ) AS expected
        WHERE (refund_number, refund_left) IS DISTINCT FROM (number, amount_left) OR amount_left < 0
        """;

    /// <summary>Checks that the state of the accounts follows from their history without a gap.</summary>
    public async Task ShouldHoldAsync(params long[] accounts)
    {
        var broken = await database.QueryAsync(BrokenSql, row => row.GetString(0), accounts);

        broken.ShouldBeEmpty();
        (await AccountsAsync(accounts)).Length.ShouldBe(accounts.Length, "an account is missing");
    }

    /// <summary>The accounts, ordered by id.</summary>
    public Task<AccountRow[]> AccountsAsync(params long[] accounts) => database.QueryAsync(
        """
        SELECT id, balance, version,
               (SELECT count(*) FROM transactions WHERE from_account_id = accounts.id)
               + (SELECT count(*) FROM transactions WHERE to_account_id = accounts.id)
        FROM accounts
        WHERE id = ANY ($1)
        ORDER BY id
        """,
        row => new AccountRow(
            row.GetInt64(0), Cents.ToDecimal(row.GetInt64(1)), row.GetInt64(2), row.GetInt64(3)),
        accounts);

    /// <summary>The total balance of the accounts.</summary>
    public async Task<decimal> SumAsync(params long[] accounts) =>
        (await AccountsAsync(accounts)).Sum(account => account.Balance);

    /// <summary>A transaction of the ledger.</summary>
    public async Task<TransactionRow> TransactionAsync(Guid id) =>
        (await TransactionsAsync(id)).ShouldHaveSingleItem();

    /// <summary>The transactions that exist, ordered by id.</summary>
    public Task<TransactionRow[]> TransactionsAsync(params Guid[] ids) => database.QueryAsync(
        """
        SELECT id, from_account_id, to_account_id, amount, from_balance, to_balance, from_version, to_version
        FROM transactions
        WHERE id = ANY ($1)
        ORDER BY id
        """,
        Transaction,
        ids);

    /// <summary>The transactions of these accounts, each once, in any order.</summary>
    public Task<TransactionRow[]> TransactionsOfAsync(params long[] accounts) => database.QueryAsync(
        """
        SELECT id, from_account_id, to_account_id, amount, from_balance, to_balance, from_version, to_version
        FROM transactions
        WHERE from_account_id = ANY ($1) OR to_account_id = ANY ($1)
        """,
        Transaction,
        accounts);

    /// <summary>Deposits an amount above the limit of a request, as the ledger would record it.</summary>
    public Task FundAsync(long account, decimal amount) => database.ExecuteAsync(
        """
        WITH funded AS (
            UPDATE accounts
            SET balance = balance + $2, version = version + 1, posted_at = clock_timestamp()
            WHERE id = $1
            RETURNING id, balance, version, posted_at
        )
        INSERT INTO transactions (id, to_account_id, amount, to_balance, to_version, created_at)
        SELECT gen_random_uuid(), id, $2, balance, version, posted_at
        FROM funded
        """,
        account, Cents.FromDecimal(amount));

    static TransactionRow Transaction(NpgsqlDataReader row) => new(
        row.GetGuid(0), Value<long>(row, 1), Value<long>(row, 2), Cents.ToDecimal(row.GetInt64(3)),
        Amount(row, 4), Amount(row, 5), Value<long>(row, 6), Value<long>(row, 7));

    static decimal? Amount(NpgsqlDataReader row, int column) =>
        Value<long>(row, column) is { } cents ? Cents.ToDecimal(cents) : null;

    static TValue? Value<TValue>(NpgsqlDataReader row, int column)
        where TValue : struct => row.IsDBNull(column) ? null : row.GetFieldValue<TValue>(column);
}
