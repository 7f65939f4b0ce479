using Bank.Infrastructure.Data;

namespace Bank.Features.Accounts;

/// <summary>Adds an empty account, unless its owner is leaving at the same time.</summary>
sealed class OpenAccountQuery(BankDb db)
{
    const string Sql =
        """
        -- The lock waits for an owner who is leaving: what the owner has then is closed, and nothing comes
        -- after.
        INSERT INTO accounts (user_id)
        SELECT id
        FROM users
        WHERE id = @userId AND removed_at IS NULL
        FOR SHARE
        RETURNING id, balance, created_at AS CreatedAt, closed_at AS ClosedAt
        """;

    /// <summary>The new account, or null when its owner has left.</summary>
    public async Task<AccountResponse?> AddAsync(long userId, CancellationToken ct)
    {
        var added = await db.QueryToArrayAsync<AccountResponse>(Sql, new { userId }, ct);
        return added.SingleOrDefault();
    }
}
