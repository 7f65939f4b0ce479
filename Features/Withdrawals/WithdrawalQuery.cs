using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Withdrawals;

/// <summary>Posts withdrawals: checks, moves and records a group of them in one query.</summary>
sealed class WithdrawalQuery : IMoneyQuery
{
    static readonly WithdrawalQuery Instance = new();

    const string Sql =
        LedgerSql.PostingTag +
        """
        -- The commands of the group, in its order.
        WITH command AS (
            SELECT ordinal, caller_id, from_id, NULL::bigint AS to_id, amount
            FROM unnest(@callers, @from, @amounts)
                WITH ORDINALITY AS c (caller_id, from_id, amount, ordinal)
        ),
        """
        + LedgerSql.LockAccounts +
        """
        -- The outcome of each command. Null (requeue): the balance covers this command alone,
        -- but not after the earlier commands of the group.
        verdict AS (
            SELECT *,
                   CASE
                       WHEN from_owner IS DISTINCT FROM caller_id THEN 'account_not_found'
                       WHEN is_closed THEN 'account_closed'
                       WHEN is_other_currency THEN 'currency_mismatch'
                       WHEN amount > from_available THEN 'insufficient_funds'
                       WHEN debits_so_far > from_available THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.PostOneSide;

    public string Name => "withdrawal";

    public static MoneyCommand Command(long callerId, WithdrawalRequest request) =>
        new(Instance, callerId, request.AccountId, null, request.Amount!.Value, request.Reference)
        {
            Currency = Currencies.From(request.Currency),
        };

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) =>
        db.ChangeAsync<PostingRow>(Sql, group.Parameters);
}
