using Bank.Infrastructure.Data;

namespace Bank.Features.Holds;

/// <summary>Finds a hold whose payer or payee is one of the user's accounts.</summary>
sealed class GetHoldQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, from_account_id AS "from", to_account_id AS "to", amount,
               (SELECT currency FROM accounts WHERE accounts.id = from_account_id) AS currency,
               -- A hold expires by the clock, even before its status is set.
               CASE WHEN status = 'held' AND expires_at <= clock_timestamp() THEN 'expired' ELSE status END
                   AS status,
               expires_at, created_at, reference
        FROM holds
        WHERE id = @id
          AND EXISTS (
              SELECT
              FROM accounts
              WHERE accounts.id IN (from_account_id, to_account_id) AND user_id = @userId)
        """;

    public Task<HoldResponse?> FindAsync(Guid id, long userId, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<HoldResponse>(Sql, new { id, userId }, ct);
}
