using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;
using LinqToDB.Data;

namespace Bank.Features.Transfers;

/// <summary>
/// Posts a batch of transfers: checks, moves and records all of them in one query, or none.
/// </summary>
sealed class BatchTransferQuery : IMoneyQuery
{
    static readonly BatchTransferQuery Instance = new();

    const string Sql =
        LedgerSql.PostingTag +
        """
        -- The transfers, in the order in which they are judged.
        WITH command AS (
            SELECT ordinal, (@callers)[1] AS caller_id, from_id, to_id, amount
            FROM unnest(@from, @to, @amounts) WITH ORDINALITY AS c (from_id, to_id, amount, ordinal)
        ),
        """
        + LedgerSql.LockAccounts +
        """
        -- Both sides of each transfer, with the balance of their accounts after it if all earlier ones are
        -- posted.
        course AS MATERIALIZED (
            SELECT ordinal, is_debit, account_id, amount, held,
                   caller_id, from_owner, to_owner, is_closed, is_other_currency, busy_id,
                   CASE WHEN to_currency = 0 THEN 999999999999999999 ELSE 999999999999999 END AS max_balance,
                   balance + (sum(change) OVER account)::bigint AS balance,
                   version + row_number() OVER account AS version,
                   lead(ordinal) OVER account IS NULL AS is_last
            FROM weighed
            CROSS JOIN LATERAL (VALUES
                (from_id, true, -amount, from_balance, from_held, from_version),
                (to_id, false, amount, to_balance, to_held, to_version)
            ) AS side (account_id, is_debit, change, balance, held, version)
            WINDOW account AS (PARTITION BY account_id ORDER BY ordinal)
        ),
        -- The outcome of each side. Only the payer's balance has to cover its holds.
        judged AS (
            SELECT ordinal, is_debit, account_id, busy_id,
                   CASE
                       WHEN NOT is_debit AND balance > max_balance THEN 'balance_limit_exceeded'
                       WHEN NOT is_debit THEN 'posted'
                       WHEN from_owner IS DISTINCT FROM caller_id THEN 'source_not_found'
                       WHEN to_owner IS NULL THEN 'target_not_found'
                       WHEN is_closed THEN 'account_closed'
                       WHEN is_other_currency THEN 'currency_mismatch'
                       WHEN balance < held AND EXISTS (
                           SELECT
                           FROM holds
                           WHERE from_account_id = account_id AND status = 'held'
                             AND expires_at <= clock_timestamp())
                           THEN 'hold_expired'
                       WHEN balance < held THEN 'insufficient_funds'
                       ELSE 'posted'
                   END AS outcome
            FROM course
        ),
        -- The outcome of the batch: that of the first transfer that cannot be posted. Null: it waits for
        -- an account that another session has locked.
        verdict AS MATERIALIZED (
            SELECT ordinal,
                   CASE WHEN busy_id IS NULL THEN outcome END AS outcome,
                   CASE WHEN outcome = 'hold_expired' THEN coalesce(busy_id, account_id) ELSE busy_id END
                       AS busy_id
            FROM judged
            ORDER BY judged.busy_id IS NULL AND judged.outcome = 'posted', ordinal, is_debit DESC
            LIMIT 1
        ),
        -- The clock, and the time of all transfers: once the accounts are locked, and later than every
        -- earlier posting on any of them. It is at most the last day that a response can show.
        moment AS MATERIALIZED (
            SELECT created_at,
                   array_fill(
                       greatest(created_at, least(last_at + interval '1 microsecond', '9999-12-31 UTC')),
                       ARRAY[cardinality(@ids)]) AS times
            FROM (
                SELECT clock_timestamp() AS created_at, coalesce(max(posted_at), '-infinity') AS last_at
                FROM locked
            ) AS clock
        ),
        -- Claims the key of the whole batch, with the transfer that decided.
        claim AS MATERIALIZED (
            SELECT CASE
                WHEN (@keys)[1] IS NOT NULL THEN claim_keys(
                    @callers, @keys, @fingerprints, ARRAY[(@ids)[ordinal]], @traceIds,
                    ARRAY[CASE WHEN outcome <> 'hold_expired' THEN outcome END],
                    (SELECT created_at FROM moment))
            END AS is_taken
            FROM verdict
        ),
        -- A batch whose key existed before is a replay.
        result AS MATERIALIZED (
            SELECT ordinal, CASE WHEN NOT is_taken[1] THEN 'key_locked' ELSE outcome END AS outcome,
                   busy_id, is_taken[1] IS TRUE AS is_replay
            FROM verdict
            CROSS JOIN claim
        ),
        -- The entries, all of them or none.
        entry AS (
            SELECT ordinal, account_id, is_debit, amount, balance, version, is_last
            FROM course
            WHERE EXISTS (SELECT FROM result WHERE outcome = 'posted' AND NOT is_replay)
        ),
        """
        + LedgerSql.Movement + LedgerSql.Balance + LedgerSql.Posting +
        """

        SELECT 1::bigint AS ordinal, outcome, is_replay, busy_id, (@ids)[ordinal] AS transaction_id,
               ARRAY(SELECT from_balance FROM movement ORDER BY movement.ordinal) AS balances,
               (SELECT times FROM moment)[1] AS created_at
        FROM result
        """;

    public string Name => "postbatch";

    public static MoneyCommand Command(long callerId, BatchTransferRequest request) =>
        new BatchTransferCommand(Instance, callerId, request.Transfers);

    public Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group)
    {
        var alone = group.Alone;
        var transfers = ((BatchTransferCommand)alone.Command).Transfers;
        DataParameter[] parameters =
        [
            group.Column("callers", one => one.Command.CallerId),
            Column("ids", (_, number) => BatchIds.At(alone.Id, number)),
            Column("from", (transfer, _) => transfer.From),
            Column("to", (transfer, _) => transfer.To),
            new("accounts", alone.Command.AccountIds.Distinct().ToArray()),
            Column(
                "amounts", (transfer, _) => transfer.InCurrency().ToMinorUnits(transfer.Amount!.Value)),
            transfers.Any(transfer => transfer.Currency is not null)
                ? Column("currencies", (transfer, _) => transfer.InCurrency().Number)
                : new("currencies", Array.Empty<short>()),
            Column("references", (transfer, _) => transfer.Reference),
            .. group.Keys,
        ];

        return db.ChangeAsync<PostingRow>(Sql, parameters);

        DataParameter Column<TValue>(string name, Func<TransferRequest, int, TValue> value) =>
            new(name, transfers.Select(value).ToArray());
    }
}
