namespace Bank.Infrastructure.Configuration;

/// <summary>A reason why the API cannot start; the message says what to do.</summary>
sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);
