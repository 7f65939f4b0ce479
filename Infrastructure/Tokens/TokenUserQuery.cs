using System.Security.Cryptography;
using System.Text;
using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Tokens;

/// <summary>Finds and adds the users of tokens.</summary>
sealed class TokenUserQuery(BankDbPool dbs)
{
    const string FindSql =
        """
        SELECT id, username, password_hash, removed_at IS NOT NULL AS is_removed, is_operator,
               blocked_at IS NOT NULL AS is_blocked
        FROM token_users
        JOIN users ON users.id = user_id
        WHERE issuer = @issuer AND subject = @subject
        """;

    /// <summary>Of two instances that add a user at once, one adds nothing.</summary>
    const string AddSql =
        """
        WITH added AS (
            INSERT INTO users (username, password_hash)
            VALUES (@username, @passwordHash)
            ON CONFLICT (username) DO NOTHING
            RETURNING id
        )
        INSERT INTO token_users (user_id, issuer, subject)
        SELECT id, @issuer, @subject
        FROM added
        """;

    /// <summary>In place of a password's hash. No password matches it, because it is no hash.</summary>
    public const string NoPassword = "!";

    /// <summary>
    /// Begins the username of every user of a token. Nobody can register or sign in with a name that has a
    /// colon.
    /// </summary>
    public const string NamePrefix = "token:";

    /// <summary>In hexadecimal digits: 128 bits, which nobody finds a second subject for.</summary>
    const int DigestLength = 32;

    /// <summary>The user of a token; null if it has none yet.</summary>
    public async Task<TokenUser?> FindAsync(VerifiedToken token)
    {
        await using var db = dbs.Rent();
        return await db.QuerySingleOrDefaultAsync<TokenUser>(
            FindSql, new { issuer = token.Issuer, subject = token.Subject });
    }

    /// <summary>Adds the user of a token, unless it is there meanwhile.</summary>
    /// <exception cref="UnconfirmedCommitException">The user may have been added, or not.</exception>
    public async Task AddAsync(VerifiedToken token)
    {
        await using var db = dbs.Rent();
        await db.ExecuteChangeAsync(AddSql, new
        {
            username = token.Username,
            passwordHash = NoPassword,
            issuer = token.Issuer,
            subject = token.Subject,
        });
    }

    /// <summary>
    /// The username that a user of a token gets. It says nothing about the user to those who do not know the
    /// subject.
    /// </summary>
    public static string UsernameOf(string issuer, string subject)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{subject}"));
        return NamePrefix + Convert.ToHexStringLower(digest)[..DigestLength];
    }
}
