using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Transfers;

/// <summary>Posts transfers: checks, moves and records a group of them in one query.</summary>
sealed class TransferQuery : IMoneyQuery
{
    static readonly TransferQuery Instance = new();

    const string Sql =
        LedgerSql.PostingTag +
        """
        -- The commands of the group, in its order.
        WITH command AS (
            SELECT ordinal, caller_id, from_id, to_id, amount
            FROM unnest(@callers, @from, @to, @amounts)
                WITH ORDINALITY AS c (caller_id, from_id, to_id, amount, ordinal)
        ),
        """
        + LedgerSql.LockAccounts +
        """
        -- The outcome of each command. Null (requeue): the balances allow this command alone,
        -- but not after the earlier commands of the group.
        verdict AS (
            SELECT *,
                   CASE
                       WHEN from_owner IS DISTINCT FROM caller_id THEN 'source_not_found'
                       WHEN to_owner IS NULL THEN 'target_not_found'
                       WHEN is_closed THEN 'account_closed'
                       WHEN is_other_currency THEN 'currency_mismatch'
                       WHEN amount > from_available THEN 'insufficient_funds'
                       WHEN amount > to_room THEN 'balance_limit_exceeded'
                       WHEN debits_so_far > from_available OR credits_so_far > to_room THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.Post;

    public string Name => "transfer";

    public static MoneyCommand Command(long callerId, TransferRequest request) =>
        new(Instance, callerId, request.From, request.To, request.Amount!.Value, request.Reference)
        {
            Currency = request.InCurrency(),
        };

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) =>
        db.ChangeAsync<PostingRow>(Sql, group.Parameters);
}
