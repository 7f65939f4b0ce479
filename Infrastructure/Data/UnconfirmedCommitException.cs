namespace Bank.Infrastructure.Data;

/// <summary>
/// The connection broke before the database confirmed a change that was sent: whether it committed is
/// unknown.
/// </summary>
sealed class UnconfirmedCommitException(Exception cause)
    : Exception("The database did not confirm a change that it was sent.", cause);
