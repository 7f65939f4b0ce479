namespace Bank.Features.Operators;

/// <summary>The parts that the queries of operators share.</summary>
static class OperatorSql
{
    /// <summary>
    /// The operator, if it still is one: the flag is checked in the query that acts, whatever a cache says.
    /// The user is locked, so that the operator who was removed or blocked before acts no more.
    /// </summary>
    public const string Acting =
        """
        WITH acting AS (
            SELECT id
            FROM users
            WHERE id = @operatorId AND is_operator AND blocked_at IS NULL AND removed_at IS NULL
            FOR KEY SHARE
        ),

        """;

    /// <summary>Why a query did nothing, or null: nothing was refused.</summary>
    public const string Refusal =
        """
        SELECT CASE
                   WHEN NOT EXISTS (SELECT FROM acting) THEN 'operators_only'
                   WHEN NOT EXISTS (SELECT FROM users WHERE username = @username AND removed_at IS NULL)
                       THEN 'user_not_found'
               END
        """;
}
