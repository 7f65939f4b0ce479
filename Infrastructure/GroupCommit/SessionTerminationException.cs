namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// A session whose query may still commit did not end in time, or the API's role may not terminate it.
/// </summary>
sealed class SessionTerminationException(string message, Exception? cause = null) : Exception(message, cause);
