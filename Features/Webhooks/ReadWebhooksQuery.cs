using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Webhooks;

/// <summary>
/// Reads the next transactions of many leased webhooks in one query. Transactions of an account become
/// visible in the order of its sequence, since each keeps the account's row locked until it is committed.
/// </summary>
sealed class ReadWebhooksQuery(BankDbPool dbs)
{
    /// <summary>The most transactions that a query reads for a webhook.</summary>
    public const int MaxPageSize = 20;

    const string Sql =
        "WITH" + TransactionSql.History +
        """
        -- The webhooks with new transactions, or that this instance may no longer deliver: deleted, replayed,
        -- leased to another instance, the user deleted, or the ledger does not have what was delivered.
        delivery AS (
            SELECT ordinal, account.id AS account_id, account.version, account.currency, delivered,
                   generation, rotated_at
            FROM unnest(@ids, @replays, @sequences) WITH ORDINALITY
                 AS active (id, replays, delivered, ordinal)
            LEFT JOIN webhooks ON webhooks.id = active.id
                              AND webhooks.replays = active.replays
                              AND webhooks.lease = @lease
            LEFT JOIN accounts AS account ON account.id = webhooks.account_id
                                         AND account.version >= delivered
                                         AND EXISTS (SELECT
                                                     FROM users
                                                     WHERE users.id = account.user_id
                                                       AND users.removed_at IS NULL
                                                       AND users.blocked_at IS NULL)
            WHERE account.id IS NULL
               OR account.version > delivered
        )
        -- LEFT JOIN: a row without a transaction says that the delivery ends.
        SELECT ordinal, delivery.account_id, version, generation, rotated_at,
               sequence, id, "from", "to", amount, delivery.currency, balance, created_at, reference, hold,
               refund_of
        FROM delivery
        LEFT JOIN LATERAL (
            SELECT *
            FROM history
            WHERE history.account_id = delivery.account_id
              AND history.sequence > delivered
            ORDER BY history.sequence
            LIMIT 20
        ) AS item ON true
        ORDER BY ordinal, sequence
        """;

    /// <summary>The new transactions, and a row for each delivery that ends.</summary>
    public async Task<WebhookTransaction[]> ReadAsync(IReadOnlyList<WebhookDelivery> deliveries, Guid lease)
    {
        await using var db = dbs.Rent();
        return await db.QueryAsync<WebhookTransaction>(
            Sql,
            new
            {
                ids = deliveries.Select(delivery => delivery.Id).ToArray(),
                replays = deliveries.Select(delivery => delivery.Replays).ToArray(),
                sequences = deliveries.Select(delivery => delivery.LastRead).ToArray(),
                lease,
            });
    }
}
