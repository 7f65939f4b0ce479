using Bank.Infrastructure.Data;

namespace Bank.Features.Holds;

/// <summary>Tidies up holds whose time is over: sets their status and gives their money free.</summary>
sealed class ExpireHoldsQuery(BankDb db)
{
    const int Most = 500;

    /// <summary>Looks first, so that nothing is locked or changed where there is nothing to do, as mostly.</summary>
    const string LookSql =
        """
        SELECT EXISTS (SELECT FROM holds WHERE status = 'held' AND expires_at <= clock_timestamp())
        """;

    const string Sql =
        """
        WITH due AS MATERIALIZED (
            SELECT id, from_account_id
            FROM holds
            WHERE status = 'held' AND expires_at <= clock_timestamp()
            ORDER BY expires_at
            LIMIT @most
        ),
        -- Whoever is busy with an account is not waited for: the next time comes soon.
        locked AS MATERIALIZED (
            SELECT id, held
            FROM accounts
            WHERE id IN (SELECT from_account_id FROM due)
            ORDER BY id
            FOR NO KEY UPDATE SKIP LOCKED
        ),
        -- The rows as they are now: somebody may have settled one before its account was locked.
        hold AS MATERIALIZED (
            SELECT id, from_account_id, amount
            FROM holds
            WHERE id IN (SELECT id FROM due) AND from_account_id IN (SELECT id FROM locked)
              AND status = 'held'
            ORDER BY id
            FOR UPDATE
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
        -- A hold has a status only if every account was updated: else the whole statement is undone.
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

    /// <summary>Whether there was as much as one statement tidies up, so that there may be more.</summary>
    public async Task<bool> ExpireAsync(CancellationToken ct) =>
        await db.QueryScalarAsync<bool>(LookSql, null, ct)
        && await db.ChangeScalarAsync<long>(Sql, new { most = Most }, ct) == Most;
}
