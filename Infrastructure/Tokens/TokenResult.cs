namespace Bank.Infrastructure.Tokens;

/// <summary>The result of verifying a token.</summary>
/// <param name="Token">What it says; null if it is refused.</param>
/// <param name="Refusal">Why it is refused, as a sentence; else empty.</param>
readonly record struct TokenResult(VerifiedToken? Token, string Refusal = "")
{
    public static TokenResult Refused(string reason) => new(null, reason);
}
