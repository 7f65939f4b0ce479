using Bank.Infrastructure.Data;

namespace Bank.Features.Operators;

/// <summary>Gives a user a password that has to be changed, and records it, in one query.</summary>
sealed class ResetPasswordQuery(BankDb db)
{
    const string Sql =
        OperatorSql.Acting +
        """
        changed AS (
            UPDATE users
            SET password_hash = @passwordHash, is_password_expired = true
            FROM acting
            WHERE username = @username AND removed_at IS NULL
              AND users.id <> acting.id
              -- The users of tokens have no password.
              AND username NOT LIKE 'token:%'
            RETURNING users.id
        ),
        recorded AS (
            INSERT INTO operator_actions (operator_id, action, user_id, reason, trace_id)
            SELECT @operatorId, 'reset_password', id, @reason, @traceId
            FROM changed
        )
        SELECT CASE
                   WHEN EXISTS (SELECT FROM changed) THEN ''
                   WHEN NOT EXISTS (SELECT FROM acting) THEN 'operators_only'
                   WHEN NOT EXISTS (SELECT FROM users WHERE username = @username AND removed_at IS NULL)
                       THEN 'user_not_found'
                   WHEN EXISTS (SELECT FROM users JOIN acting USING (id) WHERE username = @username)
                       THEN 'own_user'
                   ELSE 'user_has_no_password'
               END AS problem,
               coalesce((SELECT id FROM changed), 0) AS id
        """;

    /// <summary>The code of the problem, or the user's id.</summary>
    public async Task<(string? Problem, long Id)> ResetAsync(
        string username, string passwordHash, OperatorAction action, CancellationToken ct)
    {
        var parameters = new
        {
            username,
            passwordHash,
            operatorId = action.OperatorId,
            reason = action.Reason,
            traceId = action.TraceId,
        };
        var result = (await db.ChangeAsync<OperatorPasswordResult>(Sql, parameters, ct)).Single();

        return (result.Problem is "" ? null : result.Problem, result.Id);
    }
}
