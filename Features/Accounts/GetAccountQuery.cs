using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Accounts;

/// <summary>Finds users' accounts, those that are asked for at the same time in one statement.</summary>
sealed class GetAccountQuery(BankDbPool dbs)
{
    const string Sql =
        """
        SELECT id, balance, created_at, closed_at,
               (
        """
        + LedgerSql.Available +
        """

               ) AS available
        FROM unnest(@ids, @userIds) WITH ORDINALITY AS asked (account_id, caller_id, ordinal)
        LEFT JOIN accounts ON id = account_id AND user_id = caller_id
        ORDER BY ordinal
        """;

    readonly ReadBatcher<(long Id, long UserId), AccountResponse> accounts = new(asked => ReadAsync(dbs, asked));

    public async Task<AccountResponse?> FindAsync(long id, long userId, CancellationToken ct)
    {
        var found = await accounts.AskAsync((id, userId), ct);
        // Of what is not there, the row has nothing.
        return found.CreatedAt == default ? null : found;
    }

    static async Task<AccountResponse[]> ReadAsync(BankDbPool dbs, (long Id, long UserId)[] asked)
    {
        await using var db = dbs.Rent();
        var ids = Array.ConvertAll(asked, one => one.Id);
        var userIds = Array.ConvertAll(asked, one => one.UserId);

        return await db.QueryAsync<AccountResponse>(Sql, new { ids, userIds });
    }
}
