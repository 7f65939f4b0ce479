using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Tokens;

/// <summary>The problems of tokens, beside <see cref="Problem.Unauthorized"/>.</summary>
static class TokenProblems
{
    public static Problem InsufficientScope { get; } = new(
        Status403Forbidden, "insufficient_scope", "Insufficient scope",
        "The token does not have the scope that this request needs. Get a token with that scope.");

    public static Problem AuthorityAway { get; } = new(
        Status503ServiceUnavailable, "authority_unavailable", "Authority unavailable",
        "The token names a signing key that is not known here, and the authority that issues the tokens "
        + "cannot be asked for it. Nothing was changed. Try again.");
}
