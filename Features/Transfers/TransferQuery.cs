using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
using LinqToDB.Data;

namespace Bank.Features.Transfers;

/// <summary>Posts transfers: checks, moves and records a batch of them in one statement.</summary>
sealed class TransferQuery : IMoneyStatement<TransferCommand, TransferOutcome>
{
    const string Sql =
        """
        -- What is asked, in the order of arrival.
        WITH command AS (
            SELECT ordinal, caller_id, source_id, target_id, amount
            FROM unnest(@callers, @sources, @targets, @amounts)
                WITH ORDINALITY AS c (caller_id, source_id, target_id, amount, ordinal)
        ),
        -- Every account touched, locked in one order, so that opposite transfers never deadlock. All that
        -- follows is judged by these rows: they are the only ones that waiting for a lock brings up to date.
        locked AS MATERIALIZED (
            SELECT id, user_id, balance, version, closed_at
            FROM accounts
            WHERE id = ANY (@sources || @targets)
            ORDER BY id
            FOR NO KEY UPDATE
        ),
        -- Each command beside its accounts, with what they would pay and receive if all before it were
        -- posted.
        running AS (
            SELECT command.*,
                   source.user_id = caller_id AS is_own,
                   source.balance AS source_balance, source.version AS source_version,
                   target.balance AS target_balance, target.version AS target_version,
                   coalesce(source.closed_at, target.closed_at) AS closed_at,
                   sum(amount) FILTER (WHERE source.user_id = caller_id AND amount <= source.balance)
                       OVER (PARTITION BY source_id ORDER BY ordinal) AS debits,
                   sum(amount) OVER (PARTITION BY target_id ORDER BY ordinal) AS credits
            FROM command
            LEFT JOIN locked AS source ON source.id = source_id
            LEFT JOIN locked AS target ON target.id = target_id
        ),
        -- Decide once. A command that fits on its own but not behind the others stays undecided (null).
        verdict AS MATERIALIZED (
            SELECT *,
                   CASE
                       WHEN is_own IS NOT TRUE THEN 'source_not_found'
                       WHEN target_balance IS NULL THEN 'target_not_found'
                       WHEN closed_at IS NOT NULL THEN 'account_closed'
                       WHEN amount > source_balance THEN 'insufficient_funds'
                       WHEN amount + target_balance > 99999999999999999.99 THEN 'balance_limit_exceeded'
                       WHEN debits > source_balance THEN NULL
                       WHEN credits + target_balance > 99999999999999999.99 THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM running
        ),
        -- Claim the keys with their answers, after the locks and in one order, so that no two batches wait
        -- for each other. A key that is taken already keeps its first answer.
        claim AS (
            INSERT INTO idempotency_keys (
                user_id, key, fingerprint, outcome, transaction_id, trace_id, created_at)
            SELECT caller_id, (@keys)[ordinal], (@fingerprints)[ordinal], outcome,
                   (@ids)[ordinal], (@traceIds)[ordinal], clock_timestamp()
            FROM verdict
            WHERE (@keys)[ordinal] IS NOT NULL AND outcome IS NOT NULL
            ORDER BY caller_id, (@keys)[ordinal]
            ON CONFLICT DO NOTHING
            RETURNING transaction_id
        ),
        -- A repeated key is answered from the first answer and posts nothing.
        decided AS NOT MATERIALIZED (
            SELECT *,
                   (@keys)[ordinal] IS NOT NULL AND outcome IS NOT NULL
                       AND (@ids)[ordinal] NOT IN (SELECT transaction_id FROM claim) AS is_repeat
            FROM verdict
        ),
        -- The balance and the version of each account after each command that is posted.
        entry AS (
            SELECT ordinal, account_id, is_debit, amount,
                   balance + sum(signed_amount) OVER account AS balance,
                   version + row_number() OVER account AS version,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM decided
            CROSS JOIN LATERAL (VALUES
                (source_id, true, -amount, source_balance, source_version),
                (target_id, false, amount, target_balance, target_version)
            ) AS side (account_id, is_debit, signed_amount, balance, version)
            WHERE outcome = 'posted' AND NOT is_repeat
            WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
        ),
        -- Both sides of each transfer in one row again.
        movement AS (
            SELECT ordinal, max(amount) AS amount, clock_timestamp() AS created_at,
                   max(account_id) FILTER (WHERE is_debit) AS from_account_id,
                   max(balance) FILTER (WHERE is_debit) AS from_balance,
                   max(version) FILTER (WHERE is_debit) AS from_version,
                   max(account_id) FILTER (WHERE NOT is_debit) AS to_account_id,
                   max(balance) FILTER (WHERE NOT is_debit) AS to_balance,
                   max(version) FILTER (WHERE NOT is_debit) AS to_version
            FROM entry
            GROUP BY ordinal
        ),
        -- Absolute values from the locked rows: a difference would be checked against what was there before
        -- the wait.
        balance AS (
            UPDATE accounts
            SET balance = entry.balance, version = entry.version
            FROM entry
            WHERE accounts.id = entry.account_id AND entry.is_last
            RETURNING accounts.id
        ),
        -- Record. A transaction cannot be recorded without its balance, and it gets it only if every balance
        -- was updated: else the whole statement is undone.
        posting AS (
            INSERT INTO transactions (
                id, from_account_id, to_account_id, amount,
                from_balance, to_balance, from_version, to_version, created_at)
            SELECT (@ids)[ordinal], from_account_id, to_account_id, amount,
                   CASE WHEN (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last)
                        THEN from_balance END,
                   to_balance, from_version, to_version, created_at
            FROM movement
        )
        SELECT ordinal, outcome, is_repeat, NULL::numeric AS balance, NULL::timestamptz AS created_at
        FROM decided
        WHERE outcome IS DISTINCT FROM 'posted' OR is_repeat
        UNION ALL
        SELECT ordinal, 'posted', false, from_balance, created_at
        FROM movement
        """;

    public TransferOutcome Posted => TransferOutcome.Posted;

    public Task<Decision<TransferOutcome>[]> PostAsync(BankDb db, Batch<TransferCommand> batch) =>
        db.QueryToArrayAsync<Decision<TransferOutcome>>(
            Sql,
            new
            {
                ids = batch.Ids,
                callers = batch.Column(command => command.CallerId),
                sources = batch.Column(command => command.SourceId),
                targets = batch.Column(command => command.TargetId),
                amounts = batch.Column(command => command.Amount),
                keys = batch.Keys,
                fingerprints = batch.Fingerprints,
                traceIds = batch.TraceIds,
            });
}
