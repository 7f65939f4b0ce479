using Bank.Infrastructure.Data;

namespace Bank.Features.Operators;

/// <summary>Reads a page of what operators did, newest first.</summary>
sealed class ListActionsQuery(BankDb db)
{
    const string Sql =
        """
        SELECT operator_actions.id, action, actor.username AS actor, subject.username AS subject, reason,
               trace_id, operator_actions.created_at
        FROM operator_actions
        JOIN users AS subject ON subject.id = user_id
        LEFT JOIN users AS actor ON actor.id = operator_id
        WHERE operator_actions.id < @before
          AND (@since::timestamptz IS NULL OR operator_actions.created_at >= @since::timestamptz)
          AND (@until::timestamptz IS NULL OR operator_actions.created_at < @until::timestamptz)
          AND (@actor = '' OR operator_id = (SELECT id FROM users WHERE username = @actor))
          AND (@subject = '' OR user_id = (SELECT id FROM users WHERE username = @subject))
        ORDER BY operator_actions.id DESC
        LIMIT @limit
        """;

    /// <summary>One action more than the page has, if there is one.</summary>
    public Task<OperatorActionResponse[]> ListAsync(ListActionsRequest request, CancellationToken ct) =>
        db.QueryAsync<OperatorActionResponse>(
            Sql,
            new
            {
                before = request.After() ?? long.MaxValue,
                request.Since,
                request.Until,
                actor = request.Actor?.Normalize() ?? "",
                subject = request.Subject?.Normalize() ?? "",
                limit = request.Limit + 1,
            },
            ct);
}
