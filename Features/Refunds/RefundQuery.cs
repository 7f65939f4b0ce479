using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Refunds;

/// <summary>Posts refunds: checks, moves and records a batch of them in one statement.</summary>
sealed class RefundQuery : IMoneyQuery
{
    const string Sql =
        """
        -- What is asked, in the order of arrival, beside what is sent back and what the last refund left of it,
        -- as they were before anything was locked; and the version that the account that pays had then.
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
        + LedgerSql.Weigh +
        """
        -- Decide once. Every refund counts up the version of the account that pays: where that is not what was
        -- seen, there may be a refund that was not, and it is decided again (null). Of several refunds of one
        -- transaction the first is decided, the others after it.
        verdict AS (
            SELECT *,
                   CASE
                       WHEN from_owner IS DISTINCT FROM caller_id AND to_owner IS DISTINCT FROM caller_id
                           THEN 'transaction_not_found'
                       WHEN is_refundable IS NOT TRUE OR from_owner IS DISTINCT FROM caller_id
                           THEN 'not_refundable'
                       WHEN is_closed THEN 'account_closed'
                       WHEN from_version <> seen_version THEN NULL
                       WHEN amount > amount_left OR amount_left = 0 THEN 'refund_exceeds_rest'
                       WHEN amount > from_available THEN 'insufficient_funds'
                       WHEN amount > to_room THEN 'balance_limit_exceeded'
                       WHEN debits > from_available OR credits > to_room
                           OR row_number() OVER (PARTITION BY original_id ORDER BY ordinal) > 1 THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM weighed
        ),
        """
        + LedgerSql.Move +
        """
        -- Record, each with the next number and with what it leaves.
        posting AS (
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount, from_balance, to_balance, from_version, to_version,
                reference, refund_of, refund_number, refund_left, created_at)
            SELECT (@ids)[ordinal], movement.from_id, movement.to_id, movement.amount, from_balance, to_balance,
                   from_version, to_version, (@references)[ordinal],
                   original_id, refunds + 1, amount_left - movement.amount,
                   CASE WHEN (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last)
                        THEN (SELECT created_at FROM moment) END
            FROM movement
            JOIN command USING (ordinal)
        )
        SELECT ordinal, outcome, is_repeat, locked_id,
               NULL::bigint AS balance, NULL::bigint AS amount, NULL::timestamptz AS created_at
        FROM answer
        WHERE outcome IS DISTINCT FROM 'posted' OR is_repeat
        UNION ALL
        SELECT ordinal, 'posted', false, NULL, from_balance, amount, (SELECT created_at FROM moment)
        FROM movement
        """;

    public Type Command => typeof(RefundCommand);

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group) => db.ChangeAsync<PostingRow>(
        Sql, group.With(group.Column("originals", one => ((RefundCommand)one.Command).OriginalId)));
}
