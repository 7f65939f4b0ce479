namespace Bank.Infrastructure.Auth;

/// <summary>Says of an endpoint that the gate stands before it, which the Swagger pages show as a padlock.</summary>
sealed class SignInRequired;
