namespace Bank.Features.Users;

/// <param name="Username">
/// 1 to 64 characters, without a colon, control characters, invisible characters or characters that change
/// the direction of text; not . or ..
/// </param>
/// <param name="Password">At least the configured number of characters, at most 1,024 bytes.</param>
sealed record RegisterUserRequest(string Username, string Password);
