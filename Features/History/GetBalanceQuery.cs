using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.History;

/// <summary>Reads the balance of a user's account at a moment, in some twenty index probes of a million.</summary>
sealed class GetBalanceQuery(BankDb db, SettledMomentQuery settlement)
{
    const string Sql =
        """
        -- What was posted at the moment itself is part of it.
        WITH RECURSIVE asked AS (
            SELECT id AS account_id, version, posted_at, 'at' AS edge,
                   least(@at::timestamptz + interval '1 microsecond',
        """
        + " " + TransactionSql.Settled +
        """
        ) AS moment
            FROM accounts
            WHERE id = @id AND user_id = @userId
        ),
        """
        + TransactionSql.FindPositions +
        """

        SELECT account_id AS AccountId, moment - interval '1 microsecond' AS At,
        """
        + " " + TransactionSql.Balance +
        """
         AS Balance, sequence
        FROM position
        """;

    /// <summary>The balance at the moment, or at the last one that is over; null without such an account.</summary>
    public async Task<BalanceResponse?> FindAsync(GetBalanceRequest request, long userId, CancellationToken ct)
    {
        var (id, at) = request;
        var settled = await settlement.ReadAsync(ct);
        return await db.QuerySingleOrDefaultAsync<BalanceResponse>(Sql, new { id, userId, at, settled }, ct);
    }
}
