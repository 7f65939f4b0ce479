using System.Globalization;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Ledger;

/// <summary>The problems of every money slice. Their codes are those that the queries return.</summary>
static class LedgerProblems
{
    public static Problem AccountNotFound { get; } = new(
        Status404NotFound, "account_not_found", "Account not found",
        "You have no account with this id.");

    public static Problem AccountClosed { get; } = new(
        Status400BadRequest, "account_closed", "Account closed",
        "The account is closed. Nothing was moved.");

    public static Problem InsufficientFunds { get; } = new(
        Status400BadRequest, "insufficient_funds", "Insufficient funds",
        "The available balance (balance minus holds) is lower than the amount. Nothing was moved.");

    public static Problem BalanceLimitExceeded { get; } = new(
        Status400BadRequest, "balance_limit_exceeded", "Balance limit exceeded",
        "The payee's balance would exceed 9999999999999999.99. Nothing was moved.");

    /// <summary>The same, for a currency.</summary>
    public static Problem BalanceLimitExceededIn(Currency currency) => BalanceLimitExceeded with
    {
        Detail = string.Create(
            CultureInfo.InvariantCulture,
            $"The payee's balance would exceed {currency.MaxAmount} {currency.Code}. Nothing was moved."),
    };

    public static Problem CurrencyMismatch { get; } = new(
        Status400BadRequest, "currency_mismatch", "Currency mismatch",
        "The amount is in another currency than the account. Nothing was moved.");

    /// <summary>The same, with the account, what it has and what the amount is in.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="account">The code of its currency; null for none.</param>
    /// <param name="amount">The code of the amount's currency; null for none.</param>
    public static Problem CurrencyMismatchOf(long accountId, string? account, string? amount) =>
        CurrencyMismatch with
        {
            Detail = $"Account {accountId} has "
                + (account is null ? "no currency, " : $"the currency {account}, ")
                + (amount is null ? "but the request names none" : $"but the amount is in {amount}")
                + (account is null
                    ? ". Send the amount without a currency, between accounts without one."
                    : $". Send \"currency\": \"{account}\", between accounts of that currency.")
                + " Nothing was moved.",
        };

    public static Problem AccountBusy { get; } = new(
        Status503ServiceUnavailable, "account_busy", "Account busy",
        "An account, hold or key that the request needs stayed locked by another session. Nothing was moved. "
        + "Try again.");

    /// <summary>A transaction for examples.</summary>
    public static Guid SomeTransaction { get; } = new("01980a4e-7c1b-7d3a-9f60-2b8c5d1e4f73");

    public static Problem SourceNotFound { get; } = new(
        Status404NotFound, "source_not_found", "Source not found",
        "You have no account with this source id. Nothing was moved.");

    public static Problem TargetNotFound { get; } = new(
        Status404NotFound, "target_not_found", "Target not found",
        "There is no account with this target id. Nothing was moved.");

    public static Problem TransactionNotFound { get; } = new(
        Status404NotFound, "transaction_not_found", "Transaction not found",
        "There is no transaction with this id on any of your accounts.");

    /// <summary>The database did not confirm a transaction in time.</summary>
    public static Problem OutcomeUnknown(Guid transactionId) => OutcomeUnknown(OutcomeHint(transactionId));

    /// <summary>How to find out whether a transaction was posted.</summary>
    public static string OutcomeHint(Guid transactionId) =>
        $"GET /transactions/{transactionId} answers 503 until that is known, then 200 if it was "
        + "posted and 404 if it was not.";

    /// <summary>The database did not confirm a command in time.</summary>
    public static Problem OutcomeUnknown(string outcomeHint) => new(
        Status503ServiceUnavailable, "outcome_unknown", "Outcome unknown",
        "The database did not confirm the request in time: it may or may not have been done. "
        + $"{outcomeHint} {IdempotencyRules.SendAgain}");
}
