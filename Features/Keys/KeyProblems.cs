using Bank.Infrastructure.Problems;

namespace Bank.Features.Keys;

/// <summary>Problems of keys.</summary>
static class KeyProblems
{
    public static Problem KeyLimitReached { get; } = new(
        Status400BadRequest, "key_limit_reached", "Key limit reached",
        "You have reached the maximum number of keys. No key was made. Delete one first.");

    public static Problem KeyNotFound { get; } = new(
        Status404NotFound, "key_not_found", "Key not found",
        "You have no key with this id.");
}
