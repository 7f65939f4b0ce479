using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Ledger;

/// <summary>What the ledger refuses, whichever slice asks. Their codes are those that the statements answer.</summary>
static class LedgerProblems
{
    public static Problem AccountNotFound { get; } = new(
        Status404NotFound, "account_not_found", "Account not found",
        "You have no account with this id.");

    public static Problem AccountClosed { get; } = new(
        Status400BadRequest, "account_closed", "Account closed",
        "The account was closed and takes part in no transaction any more; nothing was moved.");

    public static Problem InsufficientFunds { get; } = new(
        Status400BadRequest, "insufficient_funds", "Insufficient funds",
        "What the account has available, its balance without what is held, is less than the amount; nothing was moved.");

    public static Problem BalanceLimitExceeded { get; } = new(
        Status400BadRequest, "balance_limit_exceeded", "Balance limit exceeded",
        "The account's balance would grow past 9999999999999999.99; nothing was moved.");

    public static Problem AccountBusy { get; } = new(
        Status503ServiceUnavailable, "account_busy", "Account busy",
        "Somebody else kept an account locked that the request needs; nothing was moved. Try again.");

    /// <summary>A transaction that an example may name.</summary>
    public static Guid SomeTransaction { get; } = new("01980a4e-7c1b-7d3a-9f60-2b8c5d1e4f73");

    public static Problem SourceNotFound { get; } = new(
        Status404NotFound, "source_not_found", "Source not found",
        "You have no account with the id given as the source; nothing was moved.");

    public static Problem TargetNotFound { get; } = new(
        Status404NotFound, "target_not_found", "Target not found",
        "There is no account with the id given as the target; nothing was moved.");

    public static Problem TransactionNotFound { get; } = new(
        Status404NotFound, "transaction_not_found", "Transaction not found",
        "You have no account on either side of a transaction with this id.");

    /// <summary>A transaction was asked for, and the database did not say in time what became of it.</summary>
    public static Problem OutcomeUnknown(Guid transactionId) => OutcomeUnknown(HowToAsk(transactionId));

    /// <summary>How to find out what became of a transaction.</summary>
    public static string HowToAsk(Guid transactionId) =>
        $"GET /transactions/{transactionId} answers 503 for as long as that is not known, then 200 if it was "
        + "posted and 404 if it was not.";

    /// <summary>A command was sent, and the database did not say in time what became of it.</summary>
    public static Problem OutcomeUnknown(string howToAsk) => new(
        Status503ServiceUnavailable, "outcome_unknown", "Outcome unknown",
        "The database did not confirm what was asked, which may or may not have been done. "
        + $"{howToAsk} {IdempotencyRules.SendAgain}");
}
