using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Refunds;

/// <summary>Posts refunds: checks, moves and records a group of them in one query.</summary>
sealed class RefundQuery : IMoneyQuery
{
    static readonly RefundQuery Instance = new();

    const string Sql =
        LedgerSql.PostingTag +
        """
        -- The commands of the group, in its order, each joined with its original transaction and the amount
        -- still refundable. asked is 0 if the request has no amount. All of this is read before anything is
        -- locked; seen_version is the version of the paying account at that time.
        WITH command AS (
            SELECT ordinal, caller_id, from_id, to_id, original_id,
                   coalesce(nullif(asked, 0), last.refund_left, original.amount) AS amount,
                   coalesce(last.refund_left, original.amount) AS amount_left,
                   coalesce(last.refund_number, 0) AS refunds,
                   seen.version AS seen_version,
                   (original.to_account_id, original.from_account_id) = (from_id, to_id)
                       AND original.refund_of IS NULL AS is_refundable
            FROM unnest(@callers, @from, @to, @amounts, @originals)
                WITH ORDINALITY AS c (caller_id, from_id, to_id, asked, original_id, ordinal)
            LEFT JOIN transactions AS original ON original.id = original_id
            LEFT JOIN accounts AS seen ON seen.id = from_id
            LEFT JOIN LATERAL (
                SELECT refund_number, refund_left
                FROM transactions
                WHERE refund_of = original_id
                ORDER BY refund_number DESC
                LIMIT 1
            ) AS last ON true
        ),
        """
        + LedgerSql.LockAccounts +
        """
        -- The outcome of each command. Null (requeue): (1) the version of the paying account, which every
        -- refund increments, changed after it was read, so a refund may have been missed; (2) the balances
        -- allow this command alone, but not after the earlier commands of the group; (3) an earlier command
        -- of the group names the same transaction.
        verdict AS (
            SELECT *,
                   CASE
                       WHEN from_owner IS DISTINCT FROM caller_id AND to_owner IS DISTINCT FROM caller_id
                           THEN 'transaction_not_found'
                       WHEN is_refundable IS NOT TRUE OR from_owner IS DISTINCT FROM caller_id
                           THEN 'not_refundable'
                       WHEN is_closed THEN 'account_closed'
                       WHEN is_other_currency THEN 'currency_mismatch'
                       WHEN from_version <> seen_version THEN NULL
                       WHEN amount > amount_left OR amount_left = 0 THEN 'refund_exceeds_rest'
                       WHEN amount > from_available THEN 'insufficient_funds'
                       WHEN amount > to_room THEN 'balance_limit_exceeded'
                       WHEN debits_so_far > from_available OR credits_so_far > to_room
                           OR row_number() OVER (PARTITION BY original_id ORDER BY ordinal) > 1 THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.Move +
        """
        -- Records the refunds, each with its number and the amount that it leaves refundable. created_at is
        -- NOT NULL and is only set if every balance was updated; otherwise the whole query is rolled back.
        posting AS (
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount, from_balance, to_balance,
                from_version, to_version,
                reference, refund_of, refund_number, refund_left, created_at)
            SELECT (@ids)[ordinal], movement.from_id, movement.to_id, movement.amount,
                   from_balance, to_balance,
                   from_version, to_version, (@references)[ordinal],
                   original_id, refunds + 1, amount_left - movement.amount,
                   CASE WHEN (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last)
                        THEN (SELECT times FROM moment)[movement.ordinal] END
            FROM movement
            JOIN command USING (ordinal)
        )
        """
        + LedgerSql.ReturnPayerBalance + LedgerSql.Result;

    public string Name => "refund";

    /// <summary>
    /// Refunds the amount, or everything that is left if there is none. The query gets 0 for "no amount".
    /// </summary>
    public static MoneyCommand Command(long callerId, RefundOriginal original, RefundRequest request) =>
        new(Instance, callerId, original.To, original.From, request.Amount ?? 0, request.Reference)
        {
            RefundOf = original.Id,
            Currency = Currencies.From(
                request.Amount is null ? request.Currency ?? original.Currency : request.Currency),
        };

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) => db.ChangeAsync<PostingRow>(
        Sql, group.With(group.Column("originals", one => one.Command.RefundOf!.Value)));
}
