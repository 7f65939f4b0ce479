using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>Places holds: checks, sets aside and records a batch of them in one statement.</summary>
sealed class PlaceHoldQuery : IMoneyQuery
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
                       WHEN debits > from_available THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.Claim +
        """
        -- What each account sets aside after each hold.
        entry AS (
            SELECT ordinal, from_id, to_id, amount,
                   from_held + (sum(amount) OVER account)::bigint AS held,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM answer
            WHERE outcome = 'posted' AND NOT is_repeat
            WINDOW account AS (PARTITION BY from_id ORDER BY ordinal)
        ),
        """
        + HoldSql.Balance +
        """
        -- A hold gets its time only if every account was updated: else the whole statement is undone.
        placed AS (
            INSERT INTO holds (id, from_account_id, to_account_id, amount, reference, expires_at, created_at)
            SELECT (@ids)[ordinal], from_id, to_id, amount, (@references)[ordinal],
                   created_at + (@seconds)[ordinal] * interval '1 second',
                   CASE WHEN (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last)
                        THEN created_at END
            FROM entry
            CROSS JOIN moment
            ORDER BY ordinal
        )
        """
        + LedgerSql.Answer;

    public Type Command => typeof(PlaceHoldCommand);

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) => db.ChangeAsync<PostingRow>(
        Sql,
        group.With(group.Column("seconds", one => ((PlaceHoldCommand)one.Command).ExpiresIn)));
}
