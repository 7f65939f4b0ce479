using FastEndpoints;

namespace Bank.Features.Operators;

/// <param name="Username">The user's name.</param>
/// <param name="Reason">Why, in 1 to 140 characters.</param>
sealed record UnblockUserRequest([property: RouteParam] string Username, string Reason);
