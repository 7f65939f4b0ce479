using Bank.Infrastructure.Data;

namespace Bank.Features.LiveHistory;

/// <summary>Finds the end of a user's account's history, where a subscription begins.</summary>
sealed class StreamTransactionsQuery(BankDbPool dbs)
{
    const string Sql =
        """
        SELECT version AS sequence,
               closed_at IS NOT NULL AS is_closed
        FROM accounts
        WHERE id = @id
          AND user_id = @userId
        """;

    /// <summary>The end; null if the account does not exist or belongs to another user.</summary>
    public async Task<LiveHistoryEnd?> FindAsync(long id, long userId, CancellationToken ct)
    {
        await using var db = dbs.Rent();
        return await db.QuerySingleOrDefaultAsync<LiveHistoryEnd>(Sql, new { id, userId }, ct);
    }
}
