using Bank.Infrastructure.Data;

namespace Bank.Features.Users;

/// <summary>Reads the caller's own row.</summary>
sealed class GetMeQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, username, created_at
        FROM users
        WHERE id = @id
        """;

    /// <summary>The caller, or null when the row was deleted since the caller signed in.</summary>
    public Task<UserResponse?> FindAsync(long id, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<UserResponse>(Sql, new { id }, ct);
}
