using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>Captures holds: checks, moves and records a group of them in one query.</summary>
sealed class CaptureHoldQuery : IMoneyQuery
{
    static readonly CaptureHoldQuery Instance = new();

    const string Sql =
        LedgerSql.PostingTag +
        """
        -- The commands of the group, in its order.
        WITH command AS (
            SELECT ordinal, caller_id, from_id, to_id, amount, hold_id, hold_amount
            FROM unnest(@callers, @from, @to, @amounts, @holds, @holdAmounts)
                WITH ORDINALITY AS c (caller_id, from_id, to_id, amount, hold_id, hold_amount, ordinal)
        ),
        """
        + LedgerSql.LockAccounts + HoldSql.Lock +
        """
        -- The outcome of each command. Null (requeue): the balance limit allows this command alone, but not
        -- after the earlier commands of the group, or an earlier command of the group names the same hold.
        verdict AS (
            SELECT *,
                   CASE
                       WHEN to_owner IS DISTINCT FROM caller_id THEN 'hold_not_found'
                       WHEN hold_id NOT IN (SELECT id FROM hold)
                           AND EXISTS (SELECT FROM holds WHERE id = hold_id) THEN 'hold_locked'
                       WHEN hold_id NOT IN (SELECT id FROM hold WHERE is_open) THEN 'hold_not_open'
                       WHEN is_other_currency THEN 'currency_mismatch'
                       WHEN amount > hold_amount THEN 'capture_exceeds_hold'
                       WHEN is_closed THEN 'account_closed'
                       WHEN amount > to_room THEN 'balance_limit_exceeded'
                       WHEN credits_so_far > to_room
                           OR row_number() OVER (PARTITION BY hold_id ORDER BY ordinal) > 1 THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.Claim +
        """
        -- The balance, the held amount and the version of each account after each capture. A capture frees
        -- the whole hold, even if it moves only a part.
        entry AS (
            SELECT ordinal, account_id, is_debit, amount,
                   balance + (sum(change) OVER account)::bigint AS balance,
                   held - (sum(freed) OVER account)::bigint AS held,
                   version + row_number() OVER account AS version,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM result
            CROSS JOIN LATERAL (VALUES
                (from_id, true, -amount, (@holdAmounts)[ordinal], from_balance, from_held, from_version),
                (to_id, false, amount, 0, to_balance, to_held, to_version)
            ) AS side (account_id, is_debit, change, freed, balance, held, version)
            WHERE outcome = 'posted' AND NOT is_replay
            WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
        ),
        """
        + LedgerSql.Movement +
        """
        -- Sets the new values instead of adding to the old ones; this is safe because the rows are locked.
        balance AS (
            UPDATE accounts
            SET balance = entry.balance, held = entry.held, version = entry.version,
                posted_at = (SELECT times FROM moment)[entry.ordinal]
            FROM entry
            WHERE accounts.id = entry.account_id AND entry.is_last
            RETURNING accounts.id
        ),
        -- Ends the holds.
        captured AS (
            UPDATE holds
            SET status = 'captured', settled_by = (@ids)[ordinal]
            FROM movement
            WHERE holds.id = (@holds)[ordinal]
            RETURNING holds.id
        ),
        -- created_at is NOT NULL and is only set if every account and every hold was updated; otherwise the
        -- whole query is rolled back.
        posting AS (
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount, from_balance, to_balance,
                from_version, to_version, reference, hold_id, created_at)
            SELECT (@ids)[ordinal], from_id, to_id, amount, from_balance, to_balance,
                   from_version, to_version, (@references)[ordinal], (@holds)[ordinal],
                   CASE WHEN (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last)
                             AND (SELECT count(*) FROM captured) = (SELECT count(*) FROM movement)
                        THEN (SELECT times FROM moment)[ordinal] END
            FROM movement
        )
        """
        + LedgerSql.ReturnPayeeBalance + LedgerSql.Result;

    public string Name => "capturehold";

    public static MoneyCommand Command(long callerId, HoldResponse hold, CaptureHoldRequest request) =>
        new CaptureHoldCommand(Instance, callerId, hold, request)
        {
            HoldId = hold.Id,
            Currency = Currencies.From(request.CurrencyOf(hold)),
        };

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) => db.ChangeAsync<PostingRow>(
        Sql,
        group.With(
            group.Column("holds", one => one.Command.HoldId!.Value),
            group.Column("holdAmounts", one => ((CaptureHoldCommand)one.Command).Hold.MinorUnits())));
}

/// <summary>
/// Moves the money of a hold, or a part of it, to its payee. The query refuses another currency than the
/// hold's before it looks at the amount.
/// </summary>
sealed record CaptureHoldCommand(
    IMoneyQuery Query, long CallerId, HoldResponse Hold, CaptureHoldRequest Request)
    : MoneyCommand(
        Query, CallerId, Hold.From, Hold.To,
        Request.Amount ?? (Request.CurrencyOf(Hold) == Hold.Currency ? Hold.Amount : 0),
        Request.Reference ?? Hold.Reference);
