namespace Bank.Features.Operators;

/// <summary>Who does something, why, and in which request: what the record of actions says of it.</summary>
/// <param name="OperatorId">The operator's user id.</param>
/// <param name="Reason">The reason that the operator gives.</param>
/// <param name="TraceId">The trace id of the request.</param>
sealed record OperatorAction(long OperatorId, string Reason, string TraceId);
