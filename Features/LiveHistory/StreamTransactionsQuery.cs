using Bank.Infrastructure.Data;

namespace Bank.Features.LiveHistory;

/// <summary>Finds how far an account of a user's is, for who wants to listen to it.</summary>
sealed class StreamTransactionsQuery(BankDbPool dbs)
{
    const string Sql =
        """
        SELECT version AS sequence, closed_at IS NOT NULL AS is_closed
        FROM accounts
        WHERE id = @id AND user_id = @userId
        """;

    /// <summary>Null when the account is not the user's.</summary>
    public async Task<LiveHistoryEnd?> FindAsync(long id, long userId, CancellationToken ct)
    {
        await using var db = dbs.Rent();
        return await db.QuerySingleOrDefaultAsync<LiveHistoryEnd>(Sql, new { id, userId }, ct);
    }
}
