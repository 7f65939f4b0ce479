using Bank.Infrastructure.Data;

namespace Bank.Features.Users;

/// <summary>Reads the caller's own row.</summary>
sealed class GetMeQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, username, created_at AS CreatedAt
        FROM users
        WHERE id = @id
        """;

    /// <summary>The caller, or null when the row was deleted since the caller signed in.</summary>
    public async Task<UserResponse?> FindAsync(long id, CancellationToken ct)
    {
        var found = await db.QueryToArrayAsync<UserResponse>(Sql, new { id }, ct);
        return found.SingleOrDefault();
    }
}
