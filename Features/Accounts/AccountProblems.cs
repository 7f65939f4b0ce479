using Bank.Infrastructure.Problems;

namespace Bank.Features.Accounts;

/// <summary>Problems of accounts.</summary>
static class AccountProblems
{
    public static Problem AccountLimitReached { get; } = new(
        Status400BadRequest, "account_limit_reached", "Account limit reached",
        "You have reached the maximum number of accounts, closed ones included. No account was opened.");

    public static Problem AccountNotEmpty { get; } = new(
        Status400BadRequest, "account_not_empty", "Account not empty",
        "Only an account with a balance of 0 can be closed. Withdraw or transfer the available balance. A "
        + "held amount becomes available when its hold is released or expires, and leaves when it is "
        + "captured.");
}
