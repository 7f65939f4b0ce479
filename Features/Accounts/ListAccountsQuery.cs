using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Accounts;

/// <summary>Reads a page of a user's accounts, newest first.</summary>
sealed class ListAccountsQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, name, currency, balance, created_at, closed_at,
               balance - held + coalesce(expired.amount, 0) AS available
        FROM accounts
        """
        + LedgerSql.Expired +
        """
        WHERE user_id = @userId AND id < @before
        ORDER BY id DESC
        LIMIT @limit
        """;

    /// <summary>One account more than the page has, if there is one.</summary>
    public Task<AccountResponse[]> ListAsync(ListAccountsRequest request, long userId, CancellationToken ct)
    {
        var (before, limit) = (request.After() ?? long.MaxValue, request.Limit + 1);

        return db.QueryAsync<AccountResponse>(Sql, new { userId, before, limit }, ct);
    }
}
