namespace Bank.Features.Users;

/// <param name="Username">1 to 64 characters, without a colon or control characters; not . or ..</param>
/// <param name="Password">At least the configured number of characters, at most 1,024 bytes.</param>
sealed record RegisterUserRequest(string Username, string Password);
