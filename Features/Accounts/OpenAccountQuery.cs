using Bank.Infrastructure.Data;
using LinqToDB.Data;

namespace Bank.Features.Accounts;

/// <summary>Adds an empty account.</summary>
sealed class OpenAccountQuery(BankDb db)
{
    const string Sql =
        """
        INSERT INTO accounts (user_id)
        VALUES (@userId)
        RETURNING id, balance, created_at AS CreatedAt
        """;

    public async Task<AccountResponse> AddAsync(long userId, CancellationToken ct)
    {
        var added = await db.QueryToArrayAsync<AccountResponse>(Sql, new { userId }, ct);
        return added.Single();
    }
}
