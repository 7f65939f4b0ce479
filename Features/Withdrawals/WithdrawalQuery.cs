using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
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
        -- Every account touched, locked in one order, so that no two batches deadlock. All that follows is
        -- judged by these rows: they are the only ones that waiting for a lock brings up to date.
        locked AS MATERIALIZED (
            SELECT id, user_id, balance, version, closed_at
            FROM accounts
            WHERE id = ANY (@accounts)
            ORDER BY id
            FOR NO KEY UPDATE
        ),
        -- Each command beside its account, with what that would pay if all before it were posted.
        running AS (
            SELECT command.*, user_id = caller_id AS is_own, balance, version, closed_at,
                   sum(amount) FILTER (WHERE user_id = caller_id AND amount <= balance)
                       OVER (PARTITION BY account_id ORDER BY ordinal) AS debits
            FROM command
            LEFT JOIN locked ON locked.id = account_id
        ),
        -- Decide once. A command that fits on its own but not behind the others stays undecided (null).
        verdict AS MATERIALIZED (
            SELECT *,
                   CASE
                       WHEN is_own IS NOT TRUE THEN 'account_not_found'
                       WHEN closed_at IS NOT NULL THEN 'account_closed'
                       WHEN amount > balance THEN 'insufficient_funds'
                       WHEN debits > balance THEN NULL
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
            SELECT ordinal, account_id, amount, clock_timestamp() AS created_at,
                   balance - sum(amount) OVER account AS balance,
                   version + row_number() OVER account AS version,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM decided
            WHERE outcome = 'posted' AND NOT is_repeat
            WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
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
            INSERT INTO transactions (id, from_account_id, amount, from_balance, from_version, created_at)
            SELECT (@ids)[ordinal], account_id, amount,
                   CASE WHEN (SELECT count(*) FROM balance) = (SELECT count(*) FROM entry WHERE is_last)
                        THEN balance END,
                   version, created_at
            FROM entry
        )
        SELECT ordinal, outcome, is_repeat, NULL::numeric AS balance, NULL::timestamptz AS created_at
        FROM decided
        WHERE outcome IS DISTINCT FROM 'posted' OR is_repeat
        UNION ALL
        SELECT ordinal, 'posted', false, balance, created_at
        FROM entry
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
