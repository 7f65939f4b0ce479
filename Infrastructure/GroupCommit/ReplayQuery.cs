using Bank.Infrastructure.Data;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// Reads the stored results of keys that were claimed before. It is a query of its own because the posting
/// query that lost the race for a key cannot see the winner's row: its snapshot is from before the wait.
/// </summary>
static class ReplayQuery
{
    const string Sql =
        """
        -- A key of another request, which may be of another slice, has no outcome here.
        SELECT asked.ordinal,
               CASE WHEN keys.fingerprint = asked.fingerprint THEN keys.outcome END AS outcome,
               keys.transaction_id, keys.trace_id,
               CASE WHEN hold_id IS NOT NULL THEN to_balance ELSE coalesce(from_balance, to_balance) END
                   AS balance,
               transactions.amount, coalesce(transactions.created_at, keys.created_at) AS created_at,
               balances
        FROM unnest(@users, @keys, @fingerprints)
            WITH ORDINALITY AS asked (user_id, key, fingerprint, ordinal)
        JOIN idempotency_keys AS keys ON keys.user_id = asked.user_id AND keys.key = asked.key
        LEFT JOIN transactions ON transactions.id = keys.transaction_id AND keys.outcome = 'posted'
        """
        + LedgerSql.PostedTogether;

    /// <summary>
    /// Completes commands, which all have a key, with the stored results; false where a key has none.
    /// </summary>
    public static async Task<bool> ResolveAsync(BankDb db, PendingCommand[] commands)
    {
        var stored = await FindAsync(db, commands);

        foreach (var row in stored)
        {
            var command = commands[row.Ordinal - 1];

            if (row.Outcome is not null)
                command.Resolve(row);
            else
                command.Fail(IdempotencyRules.Reused());
        }

        return stored.Length == commands.Length;
    }

    static Task<PostingRow[]> FindAsync(BankDb db, PendingCommand[] commands) =>
        db.QueryAsync<PostingRow>(
            Sql,
            new
            {
                users = Array.ConvertAll(commands, command => command.Key!.UserId),
                keys = Array.ConvertAll(commands, command => command.Key!.Key),
                fingerprints = Array.ConvertAll(commands, command => command.Key!.Fingerprint),
            });
}
