namespace Bank.Infrastructure.Auth;

/// <summary>Marks an endpoint behind the gate; the Swagger pages show it as a padlock.</summary>
sealed class SignInRequired;
