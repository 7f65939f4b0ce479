using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Reads and replaces the stored credentials of a user. A connection is rented for one query only: sign-ins
/// that wait for bcrypt would otherwise soon hold all connections.
/// </summary>
sealed class CredentialQuery(BankDbPool dbs)
{
    const string FindSql =
        """
        SELECT id, username, password_hash
        FROM users
        WHERE username = @username AND removed_at IS NULL
        """;

    /// <summary>
    /// Replaces a hash only while it is still the one that was read: a new password must stay.
    /// </summary>
    const string ReplaceSql =
        """
        UPDATE users
        SET password_hash = @newHash
        WHERE id = @id AND password_hash = @oldHash AND removed_at IS NULL
        """;

    public async Task<StoredUser?> FindAsync(string username)
    {
        await using var db = dbs.Rent();
        return await db.QuerySingleOrDefaultAsync<StoredUser>(FindSql, new { username });
    }

    /// <summary>Stores another hash; false when the stored hash is no longer the one that was read.</summary>
    public async Task<bool> ReplaceHashAsync(StoredUser user, string newHash, CancellationToken ct = default)
    {
        await using var db = dbs.Rent();
        var parameters = new { id = user.Id, oldHash = user.PasswordHash, newHash };

        return await db.ExecuteChangeAsync(ReplaceSql, parameters, ct) == 1;
    }
}
