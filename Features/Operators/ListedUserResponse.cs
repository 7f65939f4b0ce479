namespace Bank.Features.Operators;

/// <summary>A user, as operators see it.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Username">The name that the user signs in with.</param>
/// <param name="CreatedAt">When the user registered.</param>
/// <param name="BlockedAt">Since when the user is blocked; absent if it is not.</param>
/// <param name="IsOperator">Whether the user is an operator.</param>
sealed record ListedUserResponse(
    long Id, string Username, DateTimeOffset CreatedAt, DateTimeOffset? BlockedAt, bool IsOperator);
