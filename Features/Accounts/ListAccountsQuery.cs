using Bank.Infrastructure.Data;

namespace Bank.Features.Accounts;

/// <summary>Reads a user's accounts, newest first.</summary>
sealed class ListAccountsQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, balance, created_at AS CreatedAt, closed_at AS ClosedAt
        FROM accounts
        WHERE user_id = @userId
        ORDER BY id DESC
        """;

    public Task<AccountResponse[]> ListAsync(long userId, CancellationToken ct) =>
        db.QueryToArrayAsync<AccountResponse>(Sql, new { userId }, ct);
}
