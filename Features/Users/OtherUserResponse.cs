namespace Bank.Features.Users;

/// <summary>A user as other users see it.</summary>
/// <param name="Username">The user's name.</param>
/// <param name="CreatedAt">When the user registered.</param>
sealed record OtherUserResponse(string Username, DateTimeOffset CreatedAt);
