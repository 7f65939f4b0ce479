namespace Bank.Infrastructure.GroupCommit;

/// <summary>A session whose statement may still land did not end in time, or the API may not end it.</summary>
sealed class SessionTerminationException(string message, Exception? cause = null) : Exception(message, cause);
