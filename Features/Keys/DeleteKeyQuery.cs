using Bank.Infrastructure.Data;

namespace Bank.Features.Keys;

/// <summary>Deletes a key of a user.</summary>
sealed class DeleteKeyQuery(BankDb db)
{
    const string Sql =
        """
        DELETE FROM keys
        WHERE id = @id AND user_id = @userId
        """;

    /// <summary>False if the user has no such key.</summary>
    public async Task<bool> DeleteAsync(long id, long userId, CancellationToken ct) =>
        await db.ExecuteChangeAsync(Sql, new { id, userId }, ct) == 1;
}
