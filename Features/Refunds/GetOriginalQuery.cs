using Bank.Infrastructure.Data;

namespace Bank.Features.Refunds;

/// <summary>Finds the accounts of a transaction if the user owns at least one of them.</summary>
sealed class GetOriginalQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, from_account_id AS "from", to_account_id AS "to",
               (SELECT currency FROM accounts WHERE accounts.id = coalesce(to_account_id, from_account_id))
                   AS currency
        FROM transactions
        WHERE id = @id
          AND EXISTS (
              SELECT
              FROM accounts
              WHERE accounts.id IN (from_account_id, to_account_id) AND user_id = @userId)
        """;

    public Task<RefundOriginal?> FindAsync(Guid id, long userId, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<RefundOriginal>(Sql, new { id, userId }, ct);
}
