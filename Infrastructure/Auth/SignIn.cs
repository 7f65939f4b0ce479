using System.Collections.Concurrent;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Verifies usernames and passwords: from the cache, or else with bcrypt, once for all concurrent requests
/// with the same credentials from the same address. In bcrypt's queue, users with a cached password or a
/// trusted origin go first. An expired cache entry still counts while bcrypt's queue is full.
/// </summary>
sealed class SignIn(
    CredentialCache cache, CredentialQuery users, PasswordHashing passwords, TrustedOrigins trusted,
    RateLimits limits, WrongPasswords wrong, UserChanges changes)
{
    /// <summary>
    /// The running sign-ins. The epoch changes with every change of a user, so that a new sign-in never joins
    /// one that began before the change.
    /// </summary>
    readonly ConcurrentDictionary<(BasicCredentials, string Address, long Epoch), Lazy<Task<Caller?>>>
        running = new();

    /// <summary>
    /// The caller. Null if the user is unknown or the password is wrong; the two look the same.
    /// </summary>
    /// <exception cref="ProblemException">A limit is reached, or the queue for bcrypt is full.</exception>
    public ValueTask<Caller?> CheckAsync(BasicCredentials credentials, SignInOrigin origin)
    {
        // Checked before the cache: otherwise a blocked guesser could still test passwords against it.
        if (!credentials.LooksLikeKey && !trusted.Contains(credentials.Username, origin))
            limits.ThrowIfBlocked(credentials.Username, origin);

        if (cache.TryGet(credentials) is not { } caller)
            return new(JoinAsync(credentials, origin));

        Trust(credentials.Username, origin);

        // In the background. If it fails, a later request tries again.
        if (cache.ShouldRefresh(credentials.Username))
            _ = JoinAsync(credentials, origin);

        return new(caller);
    }

    /// <summary>Whether the user has signed in from there, and not too many wrong passwords since.</summary>
    public bool IsKnown(string username, SignInOrigin origin) => trusted.Contains(username, origin);

    /// <summary>Hashes the password of a new user. Registrations are limited by address.</summary>
    /// <exception cref="ProblemException">
    /// A limit is reached, the queue for bcrypt is full, or bcrypt took too long.
    /// </exception>
    public Task<string> HashForRegistrationAsync(string password, string address, CancellationToken ct)
    {
        limits.CountRegistration(address);
        return passwords.WaitAsync(passwords.HashAsync(password), ct);
    }

    /// <summary>
    /// Hashes a password that an operator gives a user. It goes before strangers.
    /// </summary>
    /// <exception cref="ProblemException">The queue for bcrypt is full, or bcrypt took too long.</exception>
    public Task<string> HashForUserAsync(string password, CancellationToken ct) =>
        passwords.WaitAsync(passwords.HashAsync(password, isKnown: true), ct);

    /// <summary>
    /// Replaces a user's password. False if the current password is wrong or another change came first.
    /// </summary>
    /// <param name="current">The current credentials.</param>
    /// <param name="newPassword">The new password.</param>
    /// <param name="origin">Where the request comes from.</param>
    /// <param name="ct">Cancels it. Nothing is changed then, unless the outcome is in doubt.</param>
    /// <exception cref="ProblemException">
    /// A limit is reached, the queue for bcrypt is full, or bcrypt took too long.
    /// </exception>
    public async Task<bool> ChangePasswordAsync(
        BasicCredentials current, string newPassword, SignInOrigin origin, CancellationToken ct)
    {
        var turn = await limits.AcquireChangeAsync(current.Username, ct);
        var hashing = MatchAndHashAsync(current, newPassword, origin);

        try
        {
            var (user, hash) = await passwords.WaitAsync(hashing, ct);

            if (user is null || !await users.ReplaceHashAsync(user, hash, isChosen: true, ct))
                return false;

            Invalidate(user.Username);
            return true;
        }
        finally
        {
            _ = hashing.ContinueWith(
                _ => turn.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    /// <summary>
    /// Drops a user from the caches whose row this instance has just changed, before the database announces
    /// it.
    /// </summary>
    public void Invalidate(string username) => changes.Announce(username);

    async Task<Caller?> JoinAsync(BasicCredentials credentials, SignInOrigin origin)
    {
        var key = (credentials, origin.Address, cache.Epoch);
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
        var epoch = cache.Epoch;
        var cached = cache.TryGetExpired(credentials);
        using var check = await limits.TryBeginCheckAsync(
            credentials, origin,
            () => cached is not null || trusted.Contains(credentials.Username, origin));

        if (check is null)
            return cached ?? (credentials.LooksLikeKey ? null : throw RateLimits.TooManyOfUser);

        var (user, match) = await MatchAsync(credentials, origin, check, check.IsKnown, epoch);

        if (match is PasswordMatch.QueueFull)
            return cached ?? throw BcryptThreads.Overloaded;

        if (user is null)
            return null;

        var caller = user.ToCaller();

        // A replaced hash invalidates the user on every instance, so there is no use in caching it.
        if (match is PasswordMatch.Right)
            cache.Set(credentials, caller, user.PasswordHash, epoch);
        else if (match is PasswordMatch.NeedsRehash)
            await users.ReplaceHashAsync(
                user, await passwords.HashAsync(credentials.Password, check.IsKnown), isChosen: false);

        return caller;
    }

    async Task<(StoredUser? User, string NewHash)> MatchAndHashAsync(
        BasicCredentials current, string newPassword, SignInOrigin origin)
    {
        using var check = await limits.TryBeginCheckAsync(
                current, origin, () => trusted.Contains(current.Username, origin))
            ?? throw RateLimits.TooManyOfUser;
        var hasPriority = check.IsKnown && limits.TryCountPriorityChange(current.Username);
        var (user, match) = await MatchAsync(current, origin, check, hasPriority, cache.Epoch);

        if (match is PasswordMatch.QueueFull)
            throw BcryptThreads.Overloaded;

        return user is null ? (null, "") : (user, await passwords.HashAsync(newPassword, hasPriority));
    }

    /// <summary>
    /// Finds the user if the password is right, and records success or failure. A wrong password that is sent
    /// again is no further failure.
    /// </summary>
    async Task<(StoredUser? User, PasswordMatch Match)> MatchAsync(
        BasicCredentials credentials, SignInOrigin origin, PasswordCheck check, bool hasPriority, long epoch)
    {
        var user = await users.FindAsync(credentials.Username);

        if (wrong.Contains(credentials, origin.Address, user?.PasswordHash))
            return (null, PasswordMatch.Wrong);

        var match = user is not null && cache.TryConfirm(credentials, user.ToCaller(), epoch)
            ? PasswordMatch.Confirmed
            : await passwords.MatchAsync(credentials.Password, user?.PasswordHash, hasPriority);

        if (match is PasswordMatch.QueueFull)
            return (null, match);

        var isRight = match is not PasswordMatch.Wrong;
        check.HasFailed = !isRight;

        if (isRight || !credentials.LooksLikeKey)
            trusted.Record(credentials.Username, origin, isRight);

        if (isRight)
            Trust(credentials.Username, origin);
        else
            wrong.Add(credentials, origin.Address, user?.PasswordHash);

        return (isRight ? user : null, match);
    }

    /// <summary>
    /// Trusts the origin of a successful sign-in, except while the user's password is guessed: a stranger at
    /// the same address would get more guesses with every sign-in of the user.
    /// </summary>
    void Trust(string username, SignInOrigin origin)
    {
        if (!limits.IsGuessed(username))
            trusted.Add(username, origin);
    }
}
