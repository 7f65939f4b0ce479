using FastEndpoints;

namespace Bank.Features.Users;

/// <param name="Username">The user's name.</param>
sealed record GetUserRequest([property: RouteParam] string Username);
