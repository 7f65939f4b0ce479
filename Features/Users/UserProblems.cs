using Bank.Infrastructure.Problems;

namespace Bank.Features.Users;

/// <summary>Problems of users.</summary>
static class UserProblems
{
    public static Problem WrongPassword { get; } = new(
        Status400BadRequest, "wrong_password", "Wrong password",
        "The current password is incorrect. Nothing was changed.");

    public static Problem AccountsNotEmpty { get; } = new(
        Status400BadRequest, "accounts_not_empty", "Accounts not empty",
        "A user can be deleted only when all accounts have a balance of 0. Nothing was changed.");
}
