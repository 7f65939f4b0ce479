using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Accounts;

/// <summary>Finds accounts by id and owner; concurrent requests share one query.</summary>
sealed class GetAccountQuery(BankDbPool dbs)
{
    const string Sql =
        """
        SELECT id, name, currency, balance, created_at, closed_at,
               balance - held + coalesce(expired.amount, 0) AS available
        FROM unnest(@ids, @userIds) WITH ORDINALITY AS request (account_id, caller_id, ordinal)
        LEFT JOIN accounts ON id = account_id AND user_id = caller_id
        """
        + LedgerSql.Expired +
        """
        ORDER BY ordinal
        """;

    readonly ReadBatcher<(long Id, long UserId), AccountResponse> accounts =
        new(requests => ReadAsync(dbs, requests));

    public async Task<AccountResponse?> FindAsync(long id, long userId, CancellationToken ct)
    {
        var found = await accounts.ReadAsync((id, userId), ct);
        // A missing account has a row of nulls.
        return found.CreatedAt == default ? null : found;
    }

    static async Task<AccountResponse[]> ReadAsync(BankDbPool dbs, (long Id, long UserId)[] requests)
    {
        await using var db = dbs.Rent();
        var ids = Array.ConvertAll(requests, request => request.Id);
        var userIds = Array.ConvertAll(requests, request => request.UserId);

        return await db.QueryAsync<AccountResponse>(Sql, new { ids, userIds });
    }
}
