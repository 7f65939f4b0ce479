namespace Bank.Features.Operators;

/// <param name="Username">The name of the new user, by the rules of POST /auth/register.</param>
sealed record CreateUserRequest(string Username);
