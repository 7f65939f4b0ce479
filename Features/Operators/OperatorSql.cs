namespace Bank.Features.Operators;

/// <summary>What the queries of operators share.</summary>
static class OperatorSql
{
    /// <summary>
    /// The operator, if the user still is one: the flag is checked in the query that acts, whatever a cache
    /// says. The user is locked, so that an operator who has just been removed or blocked changes nothing.
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
}
