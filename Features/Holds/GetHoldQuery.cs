using Bank.Infrastructure.Data;

namespace Bank.Features.Holds;

/// <summary>Finds a hold that has one of a user's accounts on a side.</summary>
sealed class GetHoldQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, from_account_id AS "from", to_account_id AS "to", amount,
               -- Over by the clock, whether or not it was tidied up.
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
