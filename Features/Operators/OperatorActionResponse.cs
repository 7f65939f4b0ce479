namespace Bank.Features.Operators;

/// <summary>What an operator changed.</summary>
/// <param name="Id">The number of the action.</param>
/// <param name="Action">block_user, unblock_user, create_user, reset_password, or of the database's owner
/// add_operator and remove_operator.</param>
/// <param name="Actor">The operator's username; absent for the owner of the database.</param>
/// <param name="Subject">The username of the user whom it was done to.</param>
/// <param name="Reason">The reason that the operator gave, if any.</param>
/// <param name="TraceId">The trace id of the request, which the log has too.</param>
/// <param name="CreatedAt">When it was done.</param>
sealed record OperatorActionResponse(
    long Id, string Action, string? Actor, string Subject, string? Reason, string TraceId,
    DateTimeOffset CreatedAt);
