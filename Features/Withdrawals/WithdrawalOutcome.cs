using LinqToDB.Mapping;

namespace Bank.Features.Withdrawals;

/// <summary>How the ledger decides a withdrawal.</summary>
enum WithdrawalOutcome
{
    /// <summary>The amount was paid out.</summary>
    [MapValue("posted")]
    Posted,

    /// <summary>The account does not exist or is not the caller's.</summary>
    [MapValue("account_not_found")]
    AccountNotFound,

    /// <summary>The account was closed.</summary>
    [MapValue("account_closed")]
    AccountClosed,

    /// <summary>The account holds less than the amount.</summary>
    [MapValue("insufficient_funds")]
    InsufficientFunds,
}
