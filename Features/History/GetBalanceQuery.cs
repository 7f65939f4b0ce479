using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.History;

/// <summary>Reads an account's balance at a moment: 20 index probes for a million transactions.</summary>
sealed class GetBalanceQuery(BankDb db, SettledMomentQuery settledMoment)
{
    const string Sql =
        "WITH RECURSIVE" + TransactionSql.History + TransactionSql.Account +
        """
        -- One microsecond later, because transactions posted at the moment itself count.
        moments AS (
            SELECT account_id, version, posted_at,
                   least(@at::timestamptz + interval '1 microsecond', settled_at) AS moment
            FROM account
        ),
        """
        + TransactionSql.Position + TransactionSql.Balance +
        """
        SELECT account_id, moment - interval '1 microsecond' AS at, currency, balance, sequence
        FROM balance
        JOIN account USING (account_id)
        """;

    /// <summary>
    /// The balance at the moment, or at the last settled one if that is earlier; null if the account does not
    /// exist or belongs to another user.
    /// </summary>
    public async Task<BalanceResponse?> FindAsync(
        GetBalanceRequest request, long userId, CancellationToken ct)
    {
        var (id, at) = request;
        var settled = await settledMoment.ReadAsync(ct);

        return await db.QuerySingleOrDefaultAsync<BalanceResponse>(Sql, new { id, userId, at, settled }, ct);
    }
}
