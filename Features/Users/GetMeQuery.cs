using Bank.Infrastructure.Data;

namespace Bank.Features.Users;

/// <summary>Finds the current user.</summary>
sealed class GetMeQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, username, created_at
        FROM users
        WHERE id = @id
        """;

    /// <summary>The user, or null when the row was deleted after the sign-in.</summary>
    public Task<UserResponse?> FindAsync(long id, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<UserResponse>(Sql, new { id }, ct);
}
