using Bank.Infrastructure.Data;

namespace Bank.Features.Webhooks;

/// <summary>Sets a webhook back, or forward, and enables it.</summary>
sealed class ReplayWebhookQuery(BankDb db)
{
    const string LastSql =
        """
        SELECT version
        FROM webhooks
        JOIN accounts ON accounts.id = webhooks.account_id
        WHERE webhooks.id = @id
          AND accounts.user_id = @userId
        """;

    /// <summary>
    /// The count of replays tells the instance that works on the webhook to begin again. It keeps its lease,
    /// so that no other sends a request beside the one in flight.
    /// </summary>
    const string Sql =
        """
        UPDATE webhooks
        SET sequence = @after, replays = replays + 1, attempts = 0, error = NULL, disabled_at = NULL,
            next_attempt_at = CASE WHEN version > @after THEN clock_timestamp() END
        FROM accounts
        WHERE webhooks.id = @id
          AND accounts.id = webhooks.account_id
        RETURNING webhooks.id, url, sequence, webhooks.created_at
        """;

    /// <summary>
    /// The sequence of the last transaction of its account; null if the user has no such webhook.
    /// </summary>
    public async Task<long?> FindLastAsync(long id, long userId, CancellationToken ct) =>
        await db.QueryAsync<long>(LastSql, new { id, userId }, ct) is [var last] ? last : null;

    /// <summary>The webhook; null if it was deleted meanwhile.</summary>
    public async Task<WebhookResponse?> ReplayAsync(ReplayWebhookRequest request, CancellationToken ct) =>
        (await db.ChangeAsync<WebhookResponse>(Sql, new { id = request.Id, after = request.After }, ct))
            .SingleOrDefault();
}
