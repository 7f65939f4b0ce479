using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using LinqToDB.Data;

namespace Bank.Features.Withdrawals;

/// <summary>Posts withdrawals: checks, moves and records a batch of them in one statement.</summary>
sealed class WithdrawalQuery : IMoneyStatement<WithdrawalCommand, WithdrawalOutcome>
{
    const string Sql =
        """
        -- What is asked, in the order of arrival.
        WITH command AS (
            SELECT ordinal, caller_id, account_id, amount
            FROM unnest(@callers, @accounts, @amounts)
                WITH ORDINALITY AS c (caller_id, account_id, amount, ordinal)
        ),
        -- Every account touched, locked in one order, so that no two batches deadlock. All that follows is judged
        -- by these rows: they are the only ones that waiting for a lock brings up to date.
        locked AS (
            SELECT id, user_id, balance, version
            FROM accounts
            WHERE id = ANY (@accounts)
            ORDER BY id
            FOR NO KEY UPDATE
        ),
        -- Every command below the row of its account. What a join would bring together, a window over this union
        -- does in one sort, however large the batch.
        known AS (
            SELECT ordinal, account_id, caller_id, amount,
                   first_value(user_id) OVER account AS user_id,
                   first_value(balance) OVER account AS balance,
                   first_value(version) OVER account AS version
            FROM (
                SELECT id AS account_id, 0 AS ordinal, user_id, balance, version,
                       NULL::bigint AS caller_id, NULL::numeric AS amount
                FROM locked
                UNION ALL
                SELECT account_id, ordinal, NULL, NULL, NULL, caller_id, amount
                FROM command
            ) AS side
            WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
        ),
        -- What the account would pay up to each command if all before it were posted.
        running AS (
            SELECT *,
                   sum(amount) FILTER (WHERE user_id = caller_id AND amount <= balance) OVER account AS debits
            FROM known
            WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
        ),
        -- Decide once. A command that fits on its own but not behind the others stays undecided (null).
        verdict AS (
            SELECT ordinal, account_id, balance, version, amount,
                   CASE
                       WHEN user_id IS DISTINCT FROM caller_id THEN 'account_not_found'
                       WHEN amount > balance THEN 'insufficient_funds'
                       WHEN debits > balance THEN NULL
                       ELSE 'posted'
                   END AS outcome
            FROM running
            WHERE ordinal > 0
        ),
        -- Claim the keys with their answers, after the locks and in one order, so that no two batches wait for
        -- each other. A key that is taken already keeps its first answer.
        claim AS (
            INSERT INTO idempotency_keys (
                user_id, key, fingerprint, outcome, transaction_id, trace_id, created_at)
            SELECT (@callers)[ordinal], (@keys)[ordinal], (@fingerprints)[ordinal], outcome,
                   (@ids)[ordinal], (@traceIds)[ordinal], clock_timestamp()
            FROM verdict
            WHERE (@keys)[ordinal] IS NOT NULL AND outcome IS NOT NULL
            ORDER BY (@callers)[ordinal], (@keys)[ordinal]
            ON CONFLICT DO NOTHING
            RETURNING transaction_id
        ),
        decided AS (
            SELECT *,
                   (@keys)[ordinal] IS NOT NULL AND outcome IS NOT NULL
                       AND (@ids)[ordinal] NOT IN (SELECT transaction_id FROM claim) AS is_repeat
            FROM verdict
        ),
        -- The balance and the version of each account after each command that is posted.
        entry AS (
            SELECT ordinal, account_id, amount, clock_timestamp() AS created_at,
                   balance - sum(amount) OVER account AS balance,
                   version + row_number() OVER account AS version,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM decided
            WHERE outcome = 'posted' AND NOT is_repeat
            WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
        ),
        posting AS (
            INSERT INTO transactions (id, from_account_id, amount, from_balance, from_version, created_at)
            SELECT (@ids)[ordinal], account_id, amount, balance, version, created_at
            FROM entry
            RETURNING id
        ),
        -- Absolute values from the locked rows: a difference would be checked against what was there before the wait.
        balance AS (
            UPDATE accounts
            SET balance = entry.balance, version = entry.version
            FROM entry
            WHERE accounts.id = entry.account_id AND entry.is_last
            RETURNING accounts.id
        )
        SELECT ordinal, outcome, is_repeat, NULL::numeric AS balance, NULL::timestamptz AS created_at
        FROM decided
        WHERE outcome IS DISTINCT FROM 'posted' OR is_repeat
        UNION ALL
        SELECT ordinal, 'posted', false, balance, created_at
        FROM entry
        -- Nothing is posted unless every transaction was recorded and every balance that it names updated.
        WHERE (SELECT all_written(
            (SELECT count(*) FROM entry), (SELECT count(*) FROM posting),
            (SELECT count(*) FROM entry WHERE is_last), (SELECT count(*) FROM balance)))
        """;

    public WithdrawalOutcome Posted => WithdrawalOutcome.Posted;

    public Task<Decision<WithdrawalOutcome>[]> PostAsync(BankDb db, Batch<WithdrawalCommand> batch) =>
        db.QueryToArrayAsync<Decision<WithdrawalOutcome>>(
            Sql,
            new
            {
                ids = batch.Ids,
                callers = batch.Column(command => command.CallerId),
                accounts = batch.Column(command => command.AccountId),
                amounts = batch.Column(command => command.Amount),
                keys = batch.Keys,
                fingerprints = batch.Fingerprints,
                traceIds = batch.TraceIds,
            });
}
