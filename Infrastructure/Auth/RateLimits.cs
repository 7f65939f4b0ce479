using System.Globalization;
using System.Threading.RateLimiting;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Limits the registrations of an address, the requests of a user or a key, the password guesses of strangers
/// and the wrong keys of an address. A request beyond a limit ends with a <see cref="ProblemException"/>.
/// </summary>
sealed class RateLimits(RateLimitOptions options, TimeProvider time) : IDisposable
{
    /// <summary>How many passwords of one known user may be at bcrypt at a time.</summary>
    const int ChecksPerUser = 2;

    /// <summary>How many changes of one user's password a minute go before strangers.</summary>
    const int PriorityChangesPerUser = 2;

    /// <summary>
    /// How long a user's further passwords wait behind these before they are refused. A refusal at once would
    /// let a client ask again at once, which takes bcrypt's processor time.
    /// </summary>
    static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    readonly PartitionedRateLimiter<string> registrations =
        SlidingWindow(Hour, options.RegistrationsPerAddress);
    readonly PartitionedRateLimiter<string> requests = SlidingWindow(Second, options.RequestsPerUser);
    readonly PartitionedRateLimiter<string> requestsByKey = SlidingWindow(Second, options.RequestsPerKey);
    readonly SlidingCounts wrongKeys = new(Minute, options.FailedSignInsPerAddress, time);
    readonly FailedSignIns failures = new(options, time);

    /// <summary>
    /// The failures of passwords that look like keys: nearly all are old or wrong keys. They use up nothing
    /// of the user's or the address's other attempts.
    /// </summary>
    readonly FailedSignIns keysAsPasswords = new(options, time);

    readonly SlidingCounts changesOfUser = new(Minute, PriorityChangesPerUser, time);
    readonly PartitionedRateLimiter<string> checks = Turns(ChecksPerUser);
    readonly PartitionedRateLimiter<string> changes = Turns(permits: 1);

    /// <summary>The number of names and addresses that are stored because of failed sign-ins.</summary>
    public int StoredKeys => failures.StoredKeys + wrongKeys.Count + keysAsPasswords.StoredKeys;

    public void CountRegistration(string address) => Acquire(registrations, address, Hour);

    public void CountRequest(Caller caller)
    {
        if (caller.KeyId is { } key && options.RequestsPerKey > 0)
            Acquire(requestsByKey, key.ToString(CultureInfo.InvariantCulture), Second);
        else
            Acquire(requests, caller.Username, Second);
    }

    /// <summary>
    /// Counts a wrong key of an address. It is counted apart from passwords, so that programs with an old key
    /// keep nobody at their address from signing in.
    /// </summary>
    /// <exception cref="ProblemException">Too many recent keys were wrong.</exception>
    public void CountWrongKey(string address)
    {
        if (wrongKeys.FindWait(address) is { } wait)
            throw TooMany(wait);

        wrongKeys.Add(address);
    }

    /// <summary>
    /// Begins to check a password. The passwords of one known user wait behind each other, and fill no queue
    /// that others need. Strangers are bound to the limits of failed sign-ins.
    /// </summary>
    /// <param name="credentials">The username and the password.</param>
    /// <param name="origin">Where the request comes from.</param>
    /// <param name="isKnown">Whether the user is known there. A wait may end that.</param>
    /// <returns>
    /// The check; null when the known user's other passwords took too long, or when too many passwords that
    /// look like keys were wrong.
    /// </returns>
    /// <exception cref="ProblemException">A limit of strangers is reached.</exception>
    public async Task<PasswordCheck?> TryBeginCheckAsync(
        BasicCredentials credentials, SignInOrigin origin, Func<bool> isKnown)
    {
        var username = credentials.Username;

        if (credentials.LooksLikeKey)
            return keysAsPasswords.TryBegin(username, origin, out _) is { } endKey
                ? new(isKnown: false, endKey) : null;

        if (isKnown())
        {
            if (await TryAcquireAsync(checks, username, CancellationToken.None) is not { } turn)
                return null;

            if (isKnown())
                return new(isKnown: true, hasFailed =>
                {
                    if (hasFailed)
                        failures.Add(username, origin);

                    turn.Dispose();
                });

            turn.Dispose();
        }

        return new(isKnown: false, failures.Begin(username, origin));
    }

    /// <summary>Waits until no other change of the user's password runs.</summary>
    /// <exception cref="ProblemException">The user's other changes took too long.</exception>
    public async Task<IDisposable> AcquireChangeAsync(string username, CancellationToken ct) =>
        await TryAcquireAsync(changes, username, ct) ?? throw TooManyOfUser;

    /// <summary>
    /// Counts a change of a known user's password. False when it waits with the strangers: a user who changes
    /// the password in a loop would otherwise take three of four turns at bcrypt.
    /// </summary>
    public bool TryCountPriorityChange(string username)
    {
        if (changesOfUser.IsReached(username))
            return false;

        changesOfUser.Add(username);
        return true;
    }

    /// <summary>Ends a request that waited too long behind others of its user.</summary>
    public static ProblemException TooManyOfUser => TooMany(Second);

    /// <inheritdoc cref="FailedSignIns.IsReached"/>
    public bool IsGuessed(string username) => failures.IsReached(username);

    /// <exception cref="ProblemException">Too many recent sign-ins failed.</exception>
    public void ThrowIfBlocked(string username, SignInOrigin origin) =>
        failures.ThrowIfBlocked(username, origin);

    /// <summary>Ends a request beyond a limit.</summary>
    public static ProblemException TooMany(TimeSpan retryAfter) =>
        new(Problem.TooManyRequests) { RetryAfter = retryAfter };

    public void Dispose()
    {
        registrations.Dispose();
        requests.Dispose();
        requestsByKey.Dispose();
        wrongKeys.Dispose();
        keysAsPasswords.Dispose();
        checks.Dispose();
        changes.Dispose();
        changesOfUser.Dispose();
        failures.Dispose();
    }

    async Task<IDisposable?> TryAcquireAsync(
        PartitionedRateLimiter<string> turns, string username, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(MaxWait, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);

        try
        {
            return await turns.AcquireAsync(username, cancellationToken: end.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    static void Acquire(PartitionedRateLimiter<string> limiter, string key, TimeSpan retryAfter)
    {
        using var lease = limiter.AttemptAcquire(key);

        if (!lease.IsAcquired)
            throw TooMany(retryAfter);
    }

    /// <param name="window">The length of the window.</param>
    /// <param name="limit">The limit of a key; 0 means unlimited.</param>
    static PartitionedRateLimiter<string> SlidingWindow(TimeSpan window, int limit) =>
        PartitionedRateLimiter.Create<string, string>(key => limit == 0
            ? RateLimitPartition.GetNoLimiter(key)
            : RateLimitPartition.GetSlidingWindowLimiter(
                key, _ => new() { PermitLimit = limit, Window = window, SegmentsPerWindow = 6 }));

    static PartitionedRateLimiter<string> Turns(int permits) =>
        PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetConcurrencyLimiter(
            key, _ => new() { PermitLimit = permits, QueueLimit = int.MaxValue }));
}
