using Bank.Infrastructure.Data;

namespace Bank.Features.Users;

/// <summary>
/// Deletes a user whose accounts are all empty, closes the accounts and removes the keys and the webhooks.
/// Every other row stays.
/// </summary>
sealed class DeleteMeQuery(BankDb db)
{
    /// <summary>Checks without a lock, so that a refused request delays nobody.</summary>
    const string CheckSql =
        """
        SELECT NOT EXISTS (SELECT FROM accounts WHERE user_id = @userId AND balance > 0)
        """;

    /// <summary>
    /// Locks the user against new accounts. It is a query of its own, so that the next query sees every
    /// account that was opened before.
    /// </summary>
    const string LockSql =
        """
        SELECT id
        FROM users
        WHERE id = @userId
        FOR NO KEY UPDATE
        """;

    const string RemoveSql =
        """
        -- Waits for postings in flight; the locked rows are then up to date. Closed accounts are empty and
        -- stay empty.
        WITH locked AS (
            SELECT id, balance
            FROM accounts
            WHERE user_id = @userId AND closed_at IS NULL
            ORDER BY id
            FOR NO KEY UPDATE
        ),
        removed AS (
            UPDATE users
            SET removed_at = clock_timestamp()
            WHERE id = @userId AND NOT EXISTS (SELECT FROM locked WHERE balance > 0)
            RETURNING id
        ),
        -- Sets the balance of the locked row: the check that a closed account is empty would otherwise see
        -- the row as it was before the lock wait.
        closed AS (
            UPDATE accounts
            SET balance = locked.balance, closed_at = clock_timestamp()
            FROM removed, locked
            WHERE accounts.id = locked.id
        ),
        -- The keys of a deleted user open nothing.
        keyless AS (
            DELETE FROM keys
            USING removed
            WHERE keys.user_id = removed.id
        ),
        -- Nothing more is sent to a deleted user. An instance that saves how far the webhooks are locks them
        -- in the same order.
        receivers AS (
            SELECT webhooks.id
            FROM removed
            JOIN accounts ON accounts.user_id = removed.id
            JOIN webhooks ON webhooks.account_id = accounts.id
            ORDER BY webhooks.id
            FOR UPDATE OF webhooks
        ),
        silenced AS (
            DELETE FROM webhooks
            USING receivers
            WHERE webhooks.id = receivers.id
        )
        SELECT count(*)
        FROM removed
        """;

    /// <summary>Returns whether the user was deleted; false while an account has money.</summary>
    public async Task<bool> RemoveAsync(long userId, CancellationToken ct)
    {
        if (!await db.QueryScalarAsync<bool>(CheckSql, new { userId }, ct))
            return false;

        return await db.InTransactionAsync(async () =>
        {
            await db.ExecuteChangeAsync(LockSql, new { userId }, ct);
            return await db.ChangeScalarAsync<long>(RemoveSql, new { userId }, ct) == 1;
        }, ct);
    }
}
