using Bank.Infrastructure.Data;

namespace Bank.Features.Accounts;

/// <summary>Closes an empty account. The decision is made on the locked row, in the same query.</summary>
sealed class CloseAccountQuery(BankDb db)
{
    const string Changed = "changed";

    const string Sql =
        """
        -- Locks the account only if it looks open and empty, so that a repeated request writes nothing. Waits
        -- for postings in flight; the locked row is then up to date, and it is checked again.
        WITH locked AS (
            SELECT id, balance
            FROM accounts
            WHERE id = @id AND user_id = @userId AND closed_at IS NULL AND balance = 0
            FOR NO KEY UPDATE
        ),
        -- Sets the balance of the locked row: the check that a closed account is empty would otherwise see
        -- the row as it was before the lock wait.
        closed AS (
            UPDATE accounts
            SET balance = locked.balance, closed_at = clock_timestamp()
            FROM locked
            WHERE accounts.id = locked.id
            RETURNING accounts.id
        )
        -- The account as it was when the query began. If it was open and empty and could not be closed, it
        -- has changed since, and the query has to look again.
        SELECT CASE
                   WHEN EXISTS (SELECT FROM closed) THEN NULL
                   WHEN NOT EXISTS (SELECT FROM accounts WHERE id = @id AND user_id = @userId)
                       THEN 'account_not_found'
                   ELSE (SELECT CASE
                                    WHEN closed_at IS NOT NULL THEN NULL
                                    WHEN balance = 0 THEN 'changed'
                                    ELSE 'account_not_empty'
                                END
                         FROM accounts
                         WHERE id = @id)
               END
        """;

    /// <summary>The code of the problem; null when the account is closed, now or before.</summary>
    public async Task<string?> CloseAsync(long id, long userId, CancellationToken ct)
    {
        string? outcome;

        do
            outcome = await db.ChangeScalarAsync<string?>(Sql, new { id, userId }, ct);
        while (outcome is Changed);

        return outcome;
    }
}
