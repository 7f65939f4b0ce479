using Bank.Infrastructure.Data;

namespace Bank.Features.Webhooks;

/// <summary>Makes a webhook sign with the next generation of its secret.</summary>
sealed class RotateSecretQuery(BankDb db)
{
    const string Sql =
        """
        UPDATE webhooks
        SET generation = generation + 1, rotated_at = clock_timestamp()
        FROM accounts
        WHERE webhooks.id = @id
          AND accounts.id = webhooks.account_id
          AND accounts.user_id = @userId
        RETURNING generation, rotated_at
        """;

    /// <summary>The new generation; null if the user has no such webhook.</summary>
    public async Task<SecretGeneration?> RotateAsync(long id, long userId, CancellationToken ct) =>
        (await db.ChangeAsync<SecretGeneration>(Sql, new { id, userId }, ct)).SingleOrDefault();
}

/// <summary>A generation of a secret, and when it began.</summary>
sealed record SecretGeneration(int Generation, DateTimeOffset RotatedAt);
