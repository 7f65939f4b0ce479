using Bank.Infrastructure.Data;

namespace Bank.Features.Users;

/// <summary>Finds a user by name.</summary>
sealed class GetUserQuery(BankDb db)
{
    const string Sql =
        """
        SELECT username, created_at AS CreatedAt
        FROM users
        WHERE username = @username AND removed_at IS NULL
        """;

    public async Task<OtherUserResponse?> FindAsync(string username, CancellationToken ct)
    {
        var found = await db.QueryToArrayAsync<OtherUserResponse>(Sql, new { username }, ct);
        return found.SingleOrDefault();
    }
}
