using Bank.Infrastructure.Data;

namespace Bank.Features.Accounts;

/// <summary>Finds one of a user's accounts.</summary>
sealed class GetAccountQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, balance, created_at AS CreatedAt, closed_at AS ClosedAt
        FROM accounts
        WHERE id = @id AND user_id = @userId
        """;

    public async Task<AccountResponse?> FindAsync(long id, long userId, CancellationToken ct)
    {
        var found = await db.QueryToArrayAsync<AccountResponse>(Sql, new { id, userId }, ct);
        return found.SingleOrDefault();
    }
}
