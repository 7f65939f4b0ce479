using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Reads the first answers to keys that were claimed before. It is a statement of its own because the one
/// that lost the race for a key cannot see the winner's row: both share the snapshot from before the wait.
/// </summary>
static class ReplayQuery
{
    const string Sql =
        """
        -- Of another request, which may be of another slice, not even the outcome means anything here.
        SELECT asked.ordinal,
               CASE WHEN keys.fingerprint = asked.fingerprint THEN keys.outcome END AS outcome,
               keys.transaction_id, keys.trace_id,
               CASE WHEN hold_id IS NOT NULL THEN to_balance ELSE coalesce(from_balance, to_balance) END
                   AS balance,
               transactions.amount, keys.created_at,
        """
        + LedgerSql.Balances +
        """

        FROM unnest(@users, @keys, @fingerprints)
            WITH ORDINALITY AS asked (user_id, key, fingerprint, ordinal)
        JOIN idempotency_keys AS keys ON keys.user_id = asked.user_id AND keys.key = asked.key
        LEFT JOIN transactions ON transactions.id = keys.transaction_id AND keys.outcome = 'posted'
        """;

    /// <summary>The first answers to the keys of commands, all of which have one.</summary>
    public static Task<PostingRow[]> FindAsync(BankDb db, IReadOnlyList<PendingCommand> repeats) =>
        db.QueryAsync<PostingRow>(
            Sql,
            new
            {
                users = repeats.Select(repeat => repeat.Key!.UserId).ToArray(),
                keys = repeats.Select(repeat => repeat.Key!.Key).ToArray(),
                fingerprints = repeats.Select(repeat => repeat.Key!.Fingerprint).ToArray(),
            });
}
