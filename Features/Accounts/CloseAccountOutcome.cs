using LinqToDB.Mapping;

namespace Bank.Features.Accounts;

/// <summary>What becomes of the wish to close an account.</summary>
enum CloseAccountOutcome
{
    /// <summary>The account is closed, now or since before.</summary>
    [MapValue("closed")]
    Closed,

    /// <summary>The account does not exist or is not the caller's.</summary>
    [MapValue("account_not_found")]
    AccountNotFound,

    /// <summary>The account holds money.</summary>
    [MapValue("account_not_empty")]
    AccountNotEmpty,
}
