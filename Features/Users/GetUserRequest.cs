using FastEndpoints;

namespace Bank.Features.Users;

/// <param name="Username">The name that the user registered.</param>
sealed record GetUserRequest([property: RouteParam] string Username);
