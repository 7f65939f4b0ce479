using Bank.Infrastructure.Data;

namespace Bank.Features.Webhooks;

/// <summary>
/// Finds work once a second: webhooks whose attempt is due, new ones, and of the others a part at a time, in
/// case an instance ended between a commit and the delivery. It costs the same for any number of webhooks.
/// </summary>
sealed class FindWebhooksQuery(BankDbPool dbs)
{
    /// <summary>The most webhooks of each kind.</summary>
    public const int MaxRows = 500;

    const string Sql =
        """
        -- Whose attempt is due, and which no instance works on. Nothing is sent for a removed user.
        WITH due AS (
            SELECT webhooks.id
            FROM webhooks
            JOIN accounts ON accounts.id = webhooks.account_id
            JOIN users ON users.id = accounts.user_id
                      AND users.removed_at IS NULL AND users.blocked_at IS NULL
            WHERE next_attempt_at <= now()
              AND (leased_until IS NULL OR leased_until <= now())
            ORDER BY next_attempt_at
            LIMIT 500
        ),
        -- That this instance does not know yet.
        created AS (
            SELECT id
            FROM webhooks
            WHERE id > @newest AND disabled_at IS NULL
            ORDER BY id
            LIMIT 500
        ),
        -- The next part of all that are enabled.
        part AS (
            SELECT id
            FROM webhooks
            WHERE id > @last AND disabled_at IS NULL
            ORDER BY id
            LIMIT 500
        )
        SELECT 'due' AS kind, webhooks.id, account_id, true AS is_behind
        FROM due
        JOIN webhooks ON webhooks.id = due.id
        UNION ALL
        SELECT 'new', webhooks.id, account_id, true
        FROM created
        JOIN webhooks ON webhooks.id = created.id
        UNION ALL
        SELECT 'part', webhooks.id, account_id,
               next_attempt_at IS NULL AND accounts.version > webhooks.sequence
        FROM part
        JOIN webhooks ON webhooks.id = part.id
        JOIN accounts ON accounts.id = webhooks.account_id
        ORDER BY kind, id
        """;

    /// <param name="newest">The highest id that is known.</param>
    /// <param name="last">The last id of the previous part; 0 for the first part.</param>
    public async Task<FoundWebhook[]> FindAsync(long newest, long last)
    {
        await using var db = dbs.Rent();
        return await db.QueryAsync<FoundWebhook>(Sql, new { newest, last });
    }
}

/// <summary>A webhook that was found.</summary>
/// <param name="Kind">Whether it is <c>due</c>, <c>new</c>, or of the next <c>part</c> of all.</param>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">Its account.</param>
/// <param name="IsBehind">Whether it may have something to deliver that nobody works on.</param>
sealed record FoundWebhook(string Kind, long Id, long AccountId, bool IsBehind);
