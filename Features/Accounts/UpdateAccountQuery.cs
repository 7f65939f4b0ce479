using Bank.Infrastructure.Data;

namespace Bank.Features.Accounts;

/// <summary>Names an account of a user, or removes its name.</summary>
sealed class UpdateAccountQuery(BankDb db)
{
    /// <summary>A repeated request writes nothing.</summary>
    const string Sql =
        """
        UPDATE accounts
        SET name = @name::text
        WHERE id = @id
          AND user_id = @userId
          AND name IS DISTINCT FROM @name::text
        """;

    public Task UpdateAsync(long id, long userId, string? name, CancellationToken ct) =>
        db.ExecuteChangeAsync(Sql, new { id, userId, name }, ct);
}
