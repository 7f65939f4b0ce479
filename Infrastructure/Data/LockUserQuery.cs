using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Locks a user against deletion and against other transactions that lock the user, so that what is counted
/// for the user stays true. It is a query of its own: the next one sees all that was committed before.
/// </summary>
sealed class LockUserQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id
        FROM users
        WHERE id = @userId AND removed_at IS NULL
        FOR NO KEY UPDATE
        """;

    /// <summary>Locks the user until the end of the transaction.</summary>
    /// <exception cref="ProblemException">The user was deleted meanwhile.</exception>
    public async Task LockAsync(long userId, CancellationToken ct)
    {
        if (await db.QueryAsync<long>(Sql, new { userId }, ct) is [])
            throw new ProblemException(Problem.Unauthorized);
    }
}
