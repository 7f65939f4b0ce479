using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>Releases holds: checks and gives free a batch of them in one statement.</summary>
sealed class ReleaseHoldQuery : IMoneyQuery
{
    const string Sql =
        """
        -- What is asked, in the order of arrival.
        WITH command AS (
            SELECT ordinal, caller_id, from_id, to_id, amount, hold_id
            FROM unnest(@callers, @from, @to, @amounts, @holds)
                WITH ORDINALITY AS c (caller_id, from_id, to_id, amount, hold_id, ordinal)
        ),
        """
        + LedgerSql.Weigh + HoldSql.Lock +
        """
        -- Decide once. The payer of an open hold is never closed: where one is, nobody can receive it any more.
        -- Of several wishes for one hold the first is decided, the others after it (null).
        verdict AS (
            SELECT weighed.*, is_open,
                   CASE
                       WHEN to_owner IS DISTINCT FROM caller_id AND from_owner IS DISTINCT FROM caller_id
                           THEN 'hold_not_found'
                       WHEN is_open IS NOT TRUE THEN 'hold_not_open'
                       WHEN to_owner IS DISTINCT FROM caller_id AND NOT is_closed THEN 'hold_not_found'
                       WHEN row_number() OVER (PARTITION BY hold_id ORDER BY ordinal) > 1 THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
            LEFT JOIN hold ON hold.id = hold_id
        ),
        """
        + LedgerSql.Claim +
        """
        -- What each account sets aside after each release.
        entry AS (
            SELECT ordinal, from_id, from_held - (sum(amount) OVER account)::bigint AS held,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM answer
            WHERE outcome = 'posted' AND NOT is_repeat
            WINDOW account AS (PARTITION BY from_id ORDER BY ordinal)
        ),
        """
        + HoldSql.Balance +
        """
        -- A hold has a status only if every account was updated: else the whole statement is undone.
        released AS (
            UPDATE holds
            SET settled_by = (@ids)[ordinal],
                status = (
                    SELECT 'released'
                    WHERE (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last))
            FROM entry
            WHERE holds.id = (@holds)[ordinal]
        )
        """
        + LedgerSql.Answer;

    public Type Command => typeof(ReleaseHoldCommand);

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) => db.ChangeAsync<PostingRow>(
        Sql, group.With(group.Column("holds", one => ((ReleaseHoldCommand)one.Command).HoldId)));
}
