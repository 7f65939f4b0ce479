namespace Bank.Infrastructure.Auth;

/// <summary>
/// A kind of credentials besides the password. The gate asks every registered kind before it verifies the
/// text as a password.
/// </summary>
/// <param name="CheckAsync">
/// The caller with this secret from this origin. Null if it is of another kind or is refused. The username is
/// the one beside it in HTTP Basic, and null with Bearer.
/// </param>
/// <param name="IsKnown">
/// Whether the secret was accepted before, so that the request may wait for a database that is away.
/// </param>
sealed record CredentialKind(
    Func<string?, string, SignInOrigin, ValueTask<Caller?>> CheckAsync, Func<string, bool> IsKnown);
