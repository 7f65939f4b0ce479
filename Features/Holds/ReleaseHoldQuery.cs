using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>Releases holds: checks and frees a group of them in one query.</summary>
sealed class ReleaseHoldQuery : IMoneyQuery
{
    static readonly ReleaseHoldQuery Instance = new();

    const string Sql =
        LedgerSql.PostingTag +
        """
        -- The commands of the group, in its order.
        WITH command AS (
            SELECT ordinal, caller_id, from_id, to_id, amount, hold_id
            FROM unnest(@callers, @from, @to, @amounts, @holds)
                WITH ORDINALITY AS c (caller_id, from_id, to_id, amount, hold_id, ordinal)
        ),
        """
        + LedgerSql.LockAccounts + HoldSql.Lock +
        """
        -- The outcome of each command. The payer's account is never closed while a hold is open. If an
        -- account is closed, it is the payee's, and the payer may release the hold. Null (requeue): an
        -- earlier command of the group names the same hold.
        verdict AS (
            SELECT *,
                   CASE
                       WHEN to_owner IS DISTINCT FROM caller_id AND from_owner IS DISTINCT FROM caller_id
                           THEN 'hold_not_found'
                       WHEN hold_id NOT IN (SELECT id FROM hold)
                           AND EXISTS (SELECT FROM holds WHERE id = hold_id) THEN 'hold_locked'
                       WHEN hold_id NOT IN (SELECT id FROM hold WHERE is_open) THEN 'hold_not_open'
                       WHEN to_owner IS DISTINCT FROM caller_id AND NOT is_closed THEN 'hold_not_found'
                       WHEN row_number() OVER (PARTITION BY hold_id ORDER BY ordinal) > 1 THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + HoldSql.Claim +
        """
        -- The held amount of each account after each release.
        entry AS (
            SELECT ordinal, from_id, from_held - (sum(amount) OVER account)::bigint AS held,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM result
            WHERE outcome = 'posted' AND NOT is_replay
            WINDOW account AS (PARTITION BY from_id ORDER BY ordinal)
        ),
        """
        + HoldSql.Balance +
        """
        -- status is NOT NULL and is only set if every account was updated; otherwise the query is rolled
        -- back.
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
        + LedgerSql.ResultWithoutMoney;

    public string Name => "releasehold";

    public static MoneyCommand Command(long callerId, HoldResponse hold) =>
        new ReleaseHoldCommand(Instance, callerId, hold)
        {
            HoldId = hold.Id,
            Currency = Currencies.From(hold.Currency),
        };

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) => db.ChangeAsync<PostingRow>(
        Sql, group.With(group.Column("holds", one => one.Command.HoldId!.Value)));
}

/// <summary>Frees the money of a hold.</summary>
sealed record ReleaseHoldCommand(IMoneyQuery Query, long CallerId, HoldResponse Hold)
    : MoneyCommand(Query, CallerId, Hold.From, Hold.To, Hold.Amount)
{
    public override string OutcomeHint(Guid id) => HoldProblems.ReleaseHint(Hold.Id);
}
