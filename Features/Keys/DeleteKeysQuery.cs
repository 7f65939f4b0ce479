using Bank.Infrastructure.Data;

namespace Bank.Features.Keys;

/// <summary>Deletes all keys of a user.</summary>
sealed class DeleteKeysQuery(BankDb db)
{
    const string Sql =
        """
        DELETE FROM keys
        WHERE user_id = @userId
        """;

    public Task DeleteAsync(long userId, CancellationToken ct) =>
        db.ExecuteChangeAsync(Sql, new { userId }, ct);
}
