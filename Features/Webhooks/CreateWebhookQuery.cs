using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

namespace Bank.Features.Webhooks;

/// <summary>Adds a webhook to an account, unless the account has as many as allowed.</summary>
sealed class CreateWebhookQuery(BankDb db, WebhookLimitOptions options, LockUserQuery users)
{
    const string Sql =
        """
        WITH account AS (
            SELECT id, version
            FROM accounts
            WHERE id = @accountId AND user_id = @userId
        ),
        -- It begins with the next transaction of the account.
        created AS (
            INSERT INTO webhooks (account_id, url, sequence)
            SELECT id, @url, version
            FROM account
            WHERE (SELECT count(*) FROM webhooks WHERE account_id = @accountId) < @max
            RETURNING id, url, sequence, created_at
        )
        -- A row without a webhook says that the account has too many.
        SELECT created.id, url, sequence, created_at
        FROM account
        LEFT JOIN created ON true
        """;

    /// <summary>
    /// The new webhook; without an id if the account has too many, null if the user has no such account.
    /// </summary>
    /// <exception cref="ProblemException">The user was deleted meanwhile.</exception>
    public Task<CreatedWebhook?> CreateAsync(
        CreateWebhookRequest request, long userId, CancellationToken ct) =>
        db.InTransactionAsync(async () =>
        {
            await users.LockAsync(userId, ct);

            var parameters = new
            {
                accountId = request.Id,
                userId,
                url = request.Url,
                max = options.WebhooksPerAccount,
            };
            return (await db.ChangeAsync<CreatedWebhook>(Sql, parameters, ct)).SingleOrDefault();
        }, ct);
}

/// <summary>A webhook that was made, or not.</summary>
sealed record CreatedWebhook(long? Id, string Url, long Sequence, DateTimeOffset CreatedAt);
