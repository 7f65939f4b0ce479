using Bank.Infrastructure.Data;

namespace Bank.Features.Users;

/// <summary>Finds a user by name.</summary>
sealed class GetUserQuery(BankDb db)
{
    const string Sql =
        """
        SELECT username, created_at
        FROM users
        WHERE username = @username AND removed_at IS NULL
        """;

    public Task<OtherUserResponse?> FindAsync(string username, CancellationToken ct) =>
        db.QuerySingleOrDefaultAsync<OtherUserResponse>(Sql, new { username }, ct);
}
