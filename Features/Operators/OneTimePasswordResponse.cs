namespace Bank.Features.Operators;

/// <summary>A user and a password that has to be changed before anything else.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Username">The name that the user signs in with.</param>
/// <param name="Password">The password. It is shown once, and only its hash is stored.</param>
sealed record OneTimePasswordResponse(long Id, string Username, string Password);
