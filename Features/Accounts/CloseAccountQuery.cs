using Bank.Infrastructure.Data;

namespace Bank.Features.Accounts;

/// <summary>Closes an empty account; it is judged and closed on the locked row, in one statement.</summary>
sealed class CloseAccountQuery(BankDb db)
{
    const string Sql =
        """
        -- Only an account that looks empty is locked. Money that is on its way to it is waited for; the row is
        -- then up to date, and judged again.
        WITH locked AS (
            SELECT id, balance
            FROM accounts
            WHERE id = @id AND user_id = @userId AND balance = 0
            FOR NO KEY UPDATE
        ),
        -- A second wish leaves the time of the first. The balance is set to what the locked row has, or else the
        -- check that a closed account is empty would see what was there before the wait.
        closed AS (
            UPDATE accounts
            SET balance = locked.balance, closed_at = coalesce(accounts.closed_at, clock_timestamp())
            FROM locked
            WHERE accounts.id = locked.id
            RETURNING accounts.id
        )
        SELECT CASE
                   WHEN EXISTS (SELECT FROM closed) THEN NULL
                   WHEN EXISTS (SELECT FROM accounts WHERE id = @id AND user_id = @userId)
                       THEN 'account_not_empty'
                   ELSE 'account_not_found'
               END
        """;

    /// <summary>The code of the refusal; null when the account is closed, now or since before.</summary>
    public Task<string?> CloseAsync(long id, long userId, CancellationToken ct) =>
        db.ChangeScalarAsync<string?>(Sql, new { id, userId }, ct);
}
