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
        SELECT id, username, password_hash, is_operator, is_password_expired
        FROM users
        WHERE username = @username AND removed_at IS NULL AND blocked_at IS NULL
        """;

    /// <summary>
    /// Replaces a hash only while it is still the one that was read: a new password must stay. A password
    /// that the user chose does not expire.
    /// </summary>
    const string ReplaceSql =
        """
        UPDATE users
        SET password_hash = @newHash, is_password_expired = is_password_expired AND NOT @isChosen
        WHERE id = @id AND password_hash = @oldHash AND removed_at IS NULL
        """;

    public async Task<StoredUser?> FindAsync(string username)
    {
        await using var db = dbs.Rent();
        return await db.QuerySingleOrDefaultAsync<StoredUser>(FindSql, new { username });
    }

    /// <summary>Stores another hash; false when the stored hash is no longer the one that was read.</summary>
    /// <param name="user">The user, as it was read.</param>
    /// <param name="newHash">The other hash.</param>
    /// <param name="isChosen">Whether it is that of a password which the user has chosen just now.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<bool> ReplaceHashAsync(
        StoredUser user, string newHash, bool isChosen, CancellationToken ct = default)
    {
        await using var db = dbs.Rent();
        var parameters = new { id = user.Id, oldHash = user.PasswordHash, newHash, isChosen };

        return await db.ExecuteChangeAsync(ReplaceSql, parameters, ct) == 1;
    }
}
