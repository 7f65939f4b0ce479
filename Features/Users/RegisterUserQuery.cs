using Bank.Infrastructure.Data;

namespace Bank.Features.Users;

/// <summary>Adds a user, unless the name is taken.</summary>
sealed class RegisterUserQuery(BankDb db)
{
    const string Sql =
        """
        INSERT INTO users (username, password_hash)
        VALUES (@username, @passwordHash)
        ON CONFLICT (username) DO NOTHING
        RETURNING id, username, created_at AS CreatedAt
        """;

    /// <summary>The new user, or null when the name is taken.</summary>
    public async Task<UserResponse?> AddAsync(string username, string passwordHash, CancellationToken ct)
    {
        var added = await db.QueryToArrayAsync<UserResponse>(Sql, new { username, passwordHash }, ct);
        return added.SingleOrDefault();
    }
}
