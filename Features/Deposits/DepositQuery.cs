using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Deposits;

/// <summary>Posts deposits: checks, moves and records a batch of them in one statement.</summary>
sealed class DepositQuery : IMoneyQuery
{
    const string Sql =
        """
        -- What is asked, in the order of arrival.
        WITH command AS (
            SELECT ordinal, caller_id, NULL::bigint AS from_id, to_id, amount
            FROM unnest(@callers, @to, @amounts)
                WITH ORDINALITY AS c (caller_id, to_id, amount, ordinal)
        ),
        """
        + LedgerSql.Weigh +
        """
        -- Decide once. A command that fits on its own but not behind the others stays undecided (null).
        verdict AS (
            SELECT *,
                   CASE
                       WHEN to_owner IS DISTINCT FROM caller_id THEN 'account_not_found'
                       WHEN is_closed THEN 'account_closed'
                       WHEN amount > to_room THEN 'balance_limit_exceeded'
                       WHEN credits > to_room THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.PostOneSide;

    public Type Command => typeof(DepositCommand);

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) =>
        db.ChangeAsync<PostingRow>(Sql, group.Parameters);
}
