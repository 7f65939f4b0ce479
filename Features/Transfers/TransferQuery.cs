using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Transfers;

/// <summary>Posts transfers: checks, moves and records a batch of them in one statement.</summary>
sealed class TransferQuery : IMoneyQuery
{
    const string Sql =
        """
        -- What is asked, in the order of arrival.
        WITH command AS (
            SELECT ordinal, caller_id, from_id, to_id, amount
            FROM unnest(@callers, @from, @to, @amounts)
                WITH ORDINALITY AS c (caller_id, from_id, to_id, amount, ordinal)
        ),
        """
        + LedgerSql.Weigh +
        """
        -- Decide once. A command that fits on its own but not behind the others stays undecided (null).
        verdict AS (
            SELECT *,
                   CASE
                       WHEN from_owner IS DISTINCT FROM caller_id THEN 'source_not_found'
                       WHEN to_owner IS NULL THEN 'target_not_found'
                       WHEN is_closed THEN 'account_closed'
                       WHEN amount > from_available THEN 'insufficient_funds'
                       WHEN amount > to_room THEN 'balance_limit_exceeded'
                       WHEN debits > from_available OR credits > to_room THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.Post;

    public Type Command => typeof(TransferCommand);

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) =>
        db.ChangeAsync<PostingRow>(Sql, group.Parameters);
}
