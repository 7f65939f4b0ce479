using Bank.Infrastructure.Problems;

namespace Bank.Features.Operators;

/// <summary>Problems of what operators do.</summary>
static class OperatorProblems
{
    public static Problem UserHasNoPassword { get; } = new(
        Status400BadRequest, "user_has_no_password", "User has no password",
        "This user signs in with tokens. The authority that issues them has the credentials. Nothing was "
        + "changed.");

    public static Problem OwnUser { get; } = new(
        Status400BadRequest, "own_user", "Own user",
        "Operators do not do this to themselves: another operator has to. Nothing was changed.");
}
