using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Withdrawals;

/// <summary>Posts withdrawals: checks, moves and records a batch of them in one statement.</summary>
sealed class WithdrawalQuery : IMoneyQuery
{
    const string Sql =
        """
        -- What is asked, in the order of arrival.
        WITH command AS (
            SELECT ordinal, caller_id, from_id, NULL::bigint AS to_id, amount
            FROM unnest(@callers, @from, @amounts)
                WITH ORDINALITY AS c (caller_id, from_id, amount, ordinal)
        ),
        """
        + LedgerSql.Weigh +
        """
        -- Decide once. A command that fits on its own but not behind the others stays undecided (null).
        verdict AS (
            SELECT *,
                   CASE
                       WHEN from_owner IS DISTINCT FROM caller_id THEN 'account_not_found'
                       WHEN is_closed THEN 'account_closed'
                       WHEN amount > from_available THEN 'insufficient_funds'
                       WHEN debits > from_available THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.PostOneSide;

    public Type Command => typeof(WithdrawalCommand);

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) =>
        db.ChangeAsync<PostingRow>(Sql, group.Parameters);
}
