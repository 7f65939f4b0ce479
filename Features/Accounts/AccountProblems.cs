using Bank.Infrastructure.Problems;

namespace Bank.Features.Accounts;

/// <summary>What only the slices of accounts refuse.</summary>
static class AccountProblems
{
    public static Problem AccountLimitReached { get; } = new(
        Status400BadRequest, "account_limit_reached", "Account limit reached",
        "You have as many accounts as a user may have, closed ones included; none was opened.");

    public static Problem AccountNotEmpty { get; } = new(
        Status400BadRequest, "account_not_empty", "Account not empty",
        "Only an account with a balance of 0 can be closed. Withdraw or transfer what is available; what is "
        + "held becomes so when its hold is released or expires, or leaves when it is captured.");
}
