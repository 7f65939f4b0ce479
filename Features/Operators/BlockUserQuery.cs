using Bank.Infrastructure.Data;

namespace Bank.Features.Operators;

/// <summary>Blocks or unblocks a user, and records it, in one query.</summary>
sealed class BlockUserQuery(BankDb db)
{
    const string Sql =
        OperatorSql.Acting +
        """
        changed AS (
            UPDATE users
            SET blocked_at = CASE WHEN @isBlocked THEN clock_timestamp() END
            FROM acting
            WHERE username = @username AND removed_at IS NULL
              AND users.id <> acting.id
              AND (blocked_at IS NOT NULL) <> @isBlocked
            RETURNING users.id
        ),
        recorded AS (
            INSERT INTO operator_actions (operator_id, action, user_id, reason, trace_id)
            SELECT @operatorId, CASE WHEN @isBlocked THEN 'block_user' ELSE 'unblock_user' END, id, @reason,
                   @traceId
            FROM changed
        )
        SELECT CASE
                   WHEN NOT EXISTS (SELECT FROM acting) THEN 'operators_only'
                   WHEN NOT EXISTS (SELECT FROM users WHERE username = @username AND removed_at IS NULL)
                       THEN 'user_not_found'
                   WHEN EXISTS (SELECT FROM users JOIN acting USING (id) WHERE username = @username)
                       THEN 'own_user'
               END
        """;

    /// <summary>The code of the problem; null when the user is now blocked, or is not.</summary>
    public Task<string?> SetAsync(
        string username, bool isBlocked, OperatorAction action, CancellationToken ct) =>
        db.ChangeScalarAsync<string?>(
            Sql,
            new
            {
                username,
                isBlocked,
                operatorId = action.OperatorId,
                reason = action.Reason,
                traceId = action.TraceId,
            },
            ct);
}
