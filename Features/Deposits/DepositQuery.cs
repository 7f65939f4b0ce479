using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Deposits;

/// <summary>Posts deposits: checks, moves and records a group of them in one query.</summary>
sealed class DepositQuery : IMoneyQuery
{
    static readonly DepositQuery Instance = new();

    const string Sql =
        LedgerSql.PostingTag +
        """
        -- The commands of the group, in its order.
        WITH command AS (
            SELECT ordinal, caller_id, NULL::bigint AS from_id, to_id, amount
            FROM unnest(@callers, @to, @amounts)
                WITH ORDINALITY AS c (caller_id, to_id, amount, ordinal)
        ),
        """
        + LedgerSql.LockAccounts +
        """
        -- The outcome of each command. Null (requeue): the balance limit allows this command alone,
        -- but not after the earlier commands of the group.
        verdict AS (
            SELECT *,
                   CASE
                       WHEN to_owner IS DISTINCT FROM caller_id THEN 'account_not_found'
                       WHEN is_closed THEN 'account_closed'
                       WHEN is_other_currency THEN 'currency_mismatch'
                       WHEN amount > to_room THEN 'balance_limit_exceeded'
                       WHEN credits_so_far > to_room THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.PostOneSide;

    public string Name => "deposit";

    public static MoneyCommand Command(long callerId, DepositRequest request) =>
        new(Instance, callerId, null, request.AccountId, request.Amount!.Value, request.Reference)
        {
            Currency = Currencies.From(request.Currency),
        };

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) =>
        db.ChangeAsync<PostingRow>(Sql, group.Parameters);
}
