using Bank.Infrastructure.Problems;

namespace Bank.Features.Users;

/// <summary>What only the slices of users refuse.</summary>
static class UserProblems
{
    public static Problem UsernameTaken { get; } = new(
        Status400BadRequest, "username_taken", "Username taken",
        "Someone else registered this username; choose another.");

    public static Problem UserNotFound { get; } = new(
        Status404NotFound, "user_not_found", "User not found",
        "No user has this username.");

    public static Problem WrongPassword { get; } = new(
        Status400BadRequest, "wrong_password", "Wrong password",
        "The current password is another one; nothing was changed.");

    public static Problem AccountsNotEmpty { get; } = new(
        Status400BadRequest, "accounts_not_empty", "Accounts not empty",
        "You can leave when every account of yours has a balance of 0.");
}
