namespace Bank.Features.Users;

/// <summary>The current user.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Username">The name that the user signs in with.</param>
/// <param name="CreatedAt">When the user registered.</param>
sealed record UserResponse(long Id, string Username, DateTimeOffset CreatedAt);
