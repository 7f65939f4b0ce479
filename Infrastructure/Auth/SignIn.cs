using System.Collections.Concurrent;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Finds out whether a username and a password belong together: from memory, or else with bcrypt, once for
/// all requests that bring the same ones at the same time. Who is trusted or remembered goes before
/// strangers, and what is remembered outlives its time while too many wait for bcrypt.
/// </summary>
/// <exception cref="ProblemException">
/// Of every method: too many sign-ins failed lately, or too many passwords wait to be verified.
/// </exception>
sealed class SignIn(
    CredentialCache memory, CredentialQuery users, PasswordHashing passwords, TrustedOrigins trusted,
    RateLimits limits)
{
    /// <summary>
    /// The sign-ins that run. One that began before a user changed is not joined by who comes after.
    /// </summary>
    readonly ConcurrentDictionary<(BasicCredentials, string Address, long Epoch), Lazy<Task<Caller?>>>
        running = new();

    /// <summary>
    /// The caller, or null when the user is unknown or the password wrong, indistinguishably.
    /// </summary>
    public ValueTask<Caller?> CheckAsync(BasicCredentials credentials, SignInOrigin origin)
    {
        // Before memory is asked, which would tell the right guess among any number of wrong ones.
        if (!trusted.Contains(credentials.Username, origin))
            limits.ThrowIfGuessed(credentials.Username, origin.Address);

        if (memory.Recall(credentials) is not { } caller)
            return new(JoinAsync(credentials, origin));

        trusted.Add(credentials.Username, origin);

        // Nobody waits for it, and who comes after it failed tries again.
        if (memory.IsToBeRenewed(credentials.Username))
            _ = JoinAsync(credentials, origin);

        return new(caller);
    }

    /// <summary>Replaces a user's password; false when the current one is another.</summary>
    public async Task<bool> ChangePasswordAsync(
        BasicCredentials current, string newPassword, SignInOrigin origin)
    {
        var isKnown = trusted.Contains(current.Username, origin);
        using var turn = limits.Begin(current.Username, origin.Address, isKnown, out var goesFirst);
        var (user, match) = await MatchAsync(current, origin, goesFirst);

        if (match is PasswordMatch.Untried)
            throw BcryptThreads.Overloaded;

        if (user is null
            || !await users.ReplaceHashAsync(user, await passwords.HashAsync(newPassword, goesFirst)))
            return false;

        Forget(user.Username);
        return true;
    }

    /// <summary>
    /// Forgets a user whose row this instance has just changed, sooner than the database announces it.
    /// </summary>
    public void Forget(string username) => memory.Forget(username);

    async Task<Caller?> JoinAsync(BasicCredentials credentials, SignInOrigin origin)
    {
        var key = (credentials, origin.Address, memory.Epoch);
        var signIn = running.GetOrAdd(key, _ => new(() => RunAsync(credentials, origin)));

        try
        {
            return await signIn.Value;
        }
        finally
        {
            running.TryRemove(KeyValuePair.Create(key, signIn));
        }
    }

    async Task<Caller?> RunAsync(BasicCredentials credentials, SignInOrigin origin)
    {
        var epoch = memory.Epoch;
        var remembered = memory.RecallOutdated(credentials);
        var isKnown = remembered is not null || trusted.Contains(credentials.Username, origin);

        using var turn = limits.Begin(credentials.Username, origin.Address, isKnown, out var goesFirst);
        var (user, match) = await MatchAsync(credentials, origin, goesFirst);

        if (match is PasswordMatch.Untried)
            return remembered ?? throw BcryptThreads.Overloaded;

        if (user is null)
            return null;

        var caller = new Caller(user.Id, user.Username, user.PasswordHash);

        // Where another hash is stored, the change of the user makes every instance forget anyway.
        if (match is PasswordMatch.Right)
            memory.Remember(credentials, caller, user.PasswordHash, epoch);
        else
            await users.ReplaceHashAsync(user, await passwords.HashAsync(credentials.Password, goesFirst));

        return caller;
    }

    /// <summary>The user whose password it is, if it is one's; takes note of how it ended.</summary>
    async Task<(StoredUser? User, PasswordMatch Match)> MatchAsync(
        BasicCredentials credentials, SignInOrigin origin, bool goesFirst)
    {
        var user = await users.FindAsync(credentials.Username);
        var match = await passwords.MatchAsync(credentials.Password, user?.PasswordHash, goesFirst);

        if (match is PasswordMatch.Untried)
            return (null, match);

        var isRight = match is not PasswordMatch.Wrong;
        trusted.Note(credentials.Username, origin, isRight);

        if (!isRight)
            limits.NoteFailure(credentials.Username, origin.Address);

        return (isRight ? user : null, match);
    }
}
