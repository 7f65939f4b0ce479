using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>Expires holds: sets their status and frees their money.</summary>
static class ExpireHoldsQuery
{
    const int Most = 500;

    /// <summary>
    /// The next payers, in the order of their ids, so that those that another session has locked take no
    /// place of others. Mostly there is nothing to do: then nothing is locked or changed.
    /// </summary>
    const string PayersSql =
        """
        SELECT DISTINCT from_account_id
        FROM holds
        WHERE status = 'held' AND expires_at <= now() AND from_account_id > @after
        ORDER BY from_account_id
        LIMIT @most
        """;

    const string Sql =
        """
        -- SKIP LOCKED: an account or a hold that another session has locked is left for later.
        WITH locked AS MATERIALIZED (
            SELECT id, held
            FROM accounts
            WHERE id = ANY (@accounts)
            ORDER BY id
            FOR NO KEY UPDATE SKIP LOCKED
        ),
        -- The rows as they are now: a hold may have been captured or released before its account was locked.
        hold AS MATERIALIZED (
            SELECT id, from_account_id, amount
            FROM holds
            WHERE from_account_id IN (SELECT id FROM locked) AND status = 'held' AND expires_at <= now()
            LIMIT @most
            FOR UPDATE SKIP LOCKED
        ),
        freed AS (
            SELECT locked.id, min(locked.held) - sum(amount)::bigint AS held
            FROM hold
            JOIN locked ON locked.id = from_account_id
            GROUP BY locked.id
        ),
        balance AS (
            UPDATE accounts
            SET held = freed.held
            FROM freed
            WHERE accounts.id = freed.id
            RETURNING accounts.id
        ),
        -- status is NOT NULL and is only set if every account was updated; otherwise the query is rolled
        -- back.
        expired AS (
            UPDATE holds
            SET status = (
                SELECT 'expired' WHERE (SELECT count(*) FROM balance) = (SELECT count(*) FROM freed))
            FROM hold
            WHERE holds.id = hold.id
            RETURNING holds.id
        )
        SELECT count(*)
        FROM expired
        """;

    /// <summary>Expires the holds of all accounts, up to 500 in one transaction.</summary>
    public static async Task ExpireAsync(BankDb db, CancellationToken ct)
    {
        var after = 0L;

        while (await db.QueryAsync<long>(PayersSql, new { after, most = Most }, ct) is { Length: > 0 } payers)
        {
            // As many as there may be: there may be more.
            while (await ExpireAsync(db, payers, ct) == Most) { }

            after = payers[^1];
        }
    }

    /// <summary>Expires up to 500 holds of some accounts and returns how many.</summary>
    public static Task<long> ExpireAsync(BankDb db, long[] accounts, CancellationToken ct = default) =>
        db.ChangeScalarAsync<long>(Sql, new { accounts, most = Most }, ct);
}
