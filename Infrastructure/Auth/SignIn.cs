using Bank.Infrastructure.Data;
using LinqToDB.Data;

namespace Bank.Infrastructure.Auth;

/// <summary>Finds out whether a username and a password belong together.</summary>
sealed class SignIn(BankDb db, PasswordHashing passwords)
{
    const string FindSql =
        """
        SELECT id, username, password_hash
        FROM users
        WHERE username = @username
        """;

    const string RehashSql =
        """
        UPDATE users
        SET password_hash = @newHash
        WHERE id = @id AND password_hash = @oldHash
        """;

    /// <summary>The caller, or null when the user is unknown or the password wrong, indistinguishably.</summary>
    public async Task<Caller?> CheckAsync(BasicCredentials credentials, CancellationToken ct)
    {
        var users = await db.QueryToArrayAsync<StoredUser>(FindSql, new { username = credentials.Username }, ct);
        var user = users.SingleOrDefault();

        if (!passwords.Verify(credentials.Password, user?.PasswordHash) || user is null)
            return null;

        if (passwords.IsOutdated(user.PasswordHash))
            await db.ExecuteAsync(
                RehashSql,
                new { id = user.Id, oldHash = user.PasswordHash, newHash = passwords.Hash(credentials.Password) },
                ct);

        return new Caller(user.Id, user.Username);
    }
}
