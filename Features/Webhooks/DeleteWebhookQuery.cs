using Bank.Infrastructure.Data;

namespace Bank.Features.Webhooks;

/// <summary>Deletes a webhook of a user's account.</summary>
sealed class DeleteWebhookQuery(BankDb db)
{
    const string Sql =
        """
        DELETE FROM webhooks
        USING accounts
        WHERE webhooks.id = @id
          AND accounts.id = webhooks.account_id
          AND accounts.user_id = @userId
        """;

    /// <summary>False if the user has no such webhook.</summary>
    public async Task<bool> DeleteAsync(long id, long userId, CancellationToken ct) =>
        await db.ExecuteChangeAsync(Sql, new { id, userId }, ct) == 1;
}
