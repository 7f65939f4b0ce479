using Bank.Infrastructure.Data;

namespace Bank.Features.Users;

/// <summary>
/// Removes a user whose accounts are all empty, and closes those. The ledger keeps every row.
/// </summary>
sealed class DeleteMeQuery(BankDb db)
{
    /// <summary>Looks without a lock, so that who is refused holds up nobody.</summary>
    const string LookSql =
        """
        SELECT NOT EXISTS (SELECT FROM accounts WHERE user_id = @userId AND balance > 0)
        """;

    /// <summary>
    /// Keeps new accounts out. It is a statement of its own, so that the next one sees every account that was
    /// opened before.
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
        -- Money that is on its way is waited for; the rows are then up to date. Closed accounts are empty
        -- and stay so.
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
        -- The balance is set to what the locked row has, or else the check that a closed account is empty would
        -- see what was there before the wait.
        closed AS (
            UPDATE accounts
            SET balance = locked.balance, closed_at = clock_timestamp()
            FROM removed, locked
            WHERE accounts.id = locked.id
        )
        SELECT count(*)
        FROM removed
        """;

    /// <summary>Whether the user was removed; not while an account holds money.</summary>
    public async Task<bool> RemoveAsync(long userId, CancellationToken ct)
    {
        if (!await db.QueryScalarAsync<bool>(LookSql, new { userId }, ct))
            return false;

        return await db.InTransactionAsync(async () =>
        {
            await db.ExecuteChangeAsync(LockSql, new { userId }, ct);
            return await db.ChangeScalarAsync<long>(RemoveSql, new { userId }, ct) == 1;
        }, ct);
    }
}
