using Bank.Infrastructure.Data;

namespace Bank.Features.Operators;

/// <summary>Reads a page of all users, newest first.</summary>
sealed class ListUsersQuery(BankDb db)
{
    const string Sql =
        """
        SELECT id, username, created_at, blocked_at, is_operator
        FROM users
        WHERE id < @before AND removed_at IS NULL
          AND (@prefix = '' OR starts_with(username, @prefix))
        ORDER BY id DESC
        LIMIT @limit
        """;

    /// <summary>One user more than the page has, if there is one.</summary>
    public Task<ListedUserResponse[]> ListAsync(ListUsersRequest request, CancellationToken ct) =>
        db.QueryAsync<ListedUserResponse>(
            Sql,
            new
            {
                before = request.After() ?? long.MaxValue,
                prefix = request.Prefix ?? "",
                limit = request.Limit + 1,
            },
            ct);
}
