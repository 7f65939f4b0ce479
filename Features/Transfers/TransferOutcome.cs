using LinqToDB.Mapping;

namespace Bank.Features.Transfers;

/// <summary>How the ledger decides a transfer.</summary>
enum TransferOutcome
{
    /// <summary>The amount was moved.</summary>
    [MapValue("posted")]
    Posted,

    /// <summary>The source does not exist or is not the caller's.</summary>
    [MapValue("source_not_found")]
    SourceNotFound,

    /// <summary>The target does not exist.</summary>
    [MapValue("target_not_found")]
    TargetNotFound,

    /// <summary>One of the two accounts was closed.</summary>
    [MapValue("account_closed")]
    AccountClosed,

    /// <summary>The source holds less than the amount.</summary>
    [MapValue("insufficient_funds")]
    InsufficientFunds,

    /// <summary>The target would hold more than the column can.</summary>
    [MapValue("balance_limit_exceeded")]
    BalanceLimitExceeded,
}
