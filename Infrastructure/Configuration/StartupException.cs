namespace Bank.Infrastructure.Configuration;

/// <summary>A reason for which the API cannot start; the message says what to do about it.</summary>
sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);
