using Bank.Infrastructure.Data;

namespace Bank.Features.Keys;

/// <summary>Reads the keys of a user, newest first.</summary>
sealed class ListKeysQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, name, scope, expires_at, created_at, last_used_at
        FROM keys
        WHERE user_id = @userId
        ORDER BY id DESC
        """;

    public Task<KeyResponse[]> ListAsync(long userId, CancellationToken ct) =>
        db.QueryAsync<KeyResponse>(Sql, new { userId }, ct);
}
