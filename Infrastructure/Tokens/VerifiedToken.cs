namespace Bank.Infrastructure.Tokens;

/// <summary>What a verified token says.</summary>
/// <param name="Issuer">The authority (<c>iss</c>).</param>
/// <param name="Subject">The user at the authority (<c>sub</c>).</param>
/// <param name="Access">What the token may be used for.</param>
/// <param name="ExpiresAt">When it expires, with the tolerated difference of clocks.</param>
/// <param name="KeyThumbprint">The key that signed it (RFC 7638).</param>
sealed record VerifiedToken(
    string Issuer, string Subject, TokenAccess Access, DateTimeOffset ExpiresAt, string KeyThumbprint)
{
    /// <summary>The name of the user here.</summary>
    public string Username { get; } = TokenUserQuery.UsernameOf(Issuer, Subject);
}

/// <summary>What a token may be used for.</summary>
enum TokenAccess
{
    None,
    Read,
    Full,
}
