using LinqToDB.Mapping;

namespace Bank.Features.Deposits;

/// <summary>How the ledger decides a deposit.</summary>
enum DepositOutcome
{
    /// <summary>The amount was paid in.</summary>
    [MapValue("posted")]
    Posted,

    /// <summary>The account does not exist or is not the caller's.</summary>
    [MapValue("account_not_found")]
    AccountNotFound,

    /// <summary>The account was closed.</summary>
    [MapValue("account_closed")]
    AccountClosed,

    /// <summary>The account would hold more than the column can.</summary>
    [MapValue("balance_limit_exceeded")]
    BalanceLimitExceeded,
}
