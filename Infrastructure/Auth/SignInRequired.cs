namespace Bank.Infrastructure.Auth;

/// <summary>
/// Endpoint metadata that says the gate stands before it; the Swagger pages show it as a padlock.
/// </summary>
sealed class SignInRequired
{
    public static SignInRequired Instance { get; } = new();
}
