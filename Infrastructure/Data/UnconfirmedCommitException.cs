namespace Bank.Infrastructure.Data;

/// <summary>
/// A statement that changes something was sent, and its connection broke before the database confirmed it: it
/// may or may not have happened.
/// </summary>
sealed class UnconfirmedCommitException(Exception cause)
    : Exception("The database did not confirm a change that it was sent.", cause);
