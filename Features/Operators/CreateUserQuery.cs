using Bank.Infrastructure.Data;

namespace Bank.Features.Operators;

/// <summary>Adds a user whose password has to be changed, and records it, in one query.</summary>
sealed class CreateUserQuery(BankDb db)
{
    const string Sql =
        OperatorSql.Acting +
        """
        added AS (
            INSERT INTO users (username, password_hash, is_password_expired)
            SELECT @username, @passwordHash, true
            FROM acting
            ON CONFLICT (username) DO NOTHING
            RETURNING id
        ),
        recorded AS (
            INSERT INTO operator_actions (operator_id, action, user_id, trace_id)
            SELECT @operatorId, 'create_user', id, @traceId
            FROM added
        )
        SELECT CASE
                   WHEN EXISTS (SELECT FROM added) THEN ''
                   WHEN EXISTS (SELECT FROM acting) THEN 'username_taken'
                   ELSE 'operators_only'
               END AS problem,
               coalesce((SELECT id FROM added), 0) AS id
        """;

    /// <summary>The code of the problem, or the id of the new user.</summary>
    public async Task<(string? Problem, long Id)> AddAsync(
        string username, string passwordHash, long operatorId, string traceId, CancellationToken ct)
    {
        var parameters = new { username, passwordHash, operatorId, traceId };
        var result = (await db.ChangeAsync<OperatorPasswordResult>(Sql, parameters, ct)).Single();

        return (result.Problem is "" ? null : result.Problem, result.Id);
    }
}
