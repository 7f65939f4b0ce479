namespace Bank.Infrastructure.Ledger;

/// <summary>A session whose statement may still land did not end in time, or the API may not end it.</summary>
sealed class SessionNotEndedException(string message, Exception? cause = null) : Exception(message, cause);
