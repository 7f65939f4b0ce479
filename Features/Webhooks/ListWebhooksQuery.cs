using Bank.Infrastructure.Data;

namespace Bank.Features.Webhooks;

/// <summary>Reads the webhooks of a user's account, newest first.</summary>
sealed class ListWebhooksQuery(BankDb db)
{
    const string AccountSql =
        """
        SELECT EXISTS (SELECT FROM accounts WHERE id = @accountId AND user_id = @userId)
        """;

    /// <summary>While nothing has failed, the time of the next attempt is a matter of the sender.</summary>
    const string Sql =
        """
        SELECT id, url, sequence, created_at,
               CASE WHEN attempts > 0 THEN next_attempt_at END AS next_attempt_at,
               error, disabled_at
        FROM webhooks
        WHERE account_id = @accountId
        ORDER BY id DESC
        """;

    /// <summary>The webhooks; null if the user has no such account.</summary>
    public async Task<WebhookResponse[]?> ListAsync(long accountId, long userId, CancellationToken ct) =>
        await db.QueryScalarAsync<bool>(AccountSql, new { accountId, userId }, ct)
            ? await db.QueryAsync<WebhookResponse>(Sql, new { accountId }, ct)
            : null;
}
