using System.Collections.Concurrent;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;
using Bank.Infrastructure.Tokens;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Signs in the users of access tokens. The first token of a subject makes its user, who has no password. A
/// removed user stays removed, whatever tokens the authority still issues for it.
/// </summary>
sealed partial class TokenSignIn(
    TokenOptions options, TokenVerifier verifier, TokenUserQuery users, CredentialCache cache,
    RateLimits limits, TimeProvider time, ILogger<TokenSignIn> log)
{
    readonly LogThrottle throttle = new(time, TimeSpan.FromSeconds(1), lines: 20);

    /// <summary>
    /// The users that are being looked up, so that concurrent requests with first tokens count as one
    /// registration. The epoch changes with every change of a user.
    /// </summary>
    readonly ConcurrentDictionary<(string Username, long Epoch), Lazy<Task<Caller?>>> running = new();

    /// <summary>Tokens as a kind of credentials.</summary>
    public CredentialKind Kind => new(CheckAsync, verifier.IsVerified);

    /// <exception cref="ProblemException">
    /// The token is refused, its authority cannot be asked for its key, or a limit is reached.
    /// </exception>
    async ValueTask<Caller?> CheckAsync(string? username, string secret, SignInOrigin origin)
    {
        // A token has dots, and no other credentials of this scheme have.
        if (!options.AreAccepted || username is not null || !secret.Contains('.', StringComparison.Ordinal))
            return null;

        var (token, refusal) = await verifier.VerifyAsync(secret);

        if (token is null)
            throw Refuse(origin, $"{refusal} Get a new token.");

        if (token.Access is TokenAccess.None)
            throw new ProblemException(TokenProblems.InsufficientScope);

        // Without a password there is nothing to compare: the token is verified already.
        var credentials = new BasicCredentials(token.Username, "");
        var user = cache.TryGet(credentials) ?? await JoinAsync(credentials, token, origin)
            ?? throw Refuse(origin, "The user of the token was deleted. It is not made again.");

        return new Caller(user.Id, user.Username, user.PasswordHash)
        {
            Scope = token.Access is TokenAccess.Full ? CallerScope.Full : CallerScope.Read,
            SignedInBy = SignInMethod.Token,
            ExpiresAt = token.ExpiresAt,
            IsOperator = user.IsOperator,
        };
    }

    async Task<Caller?> JoinAsync(BasicCredentials credentials, VerifiedToken token, SignInOrigin origin)
    {
        var key = (token.Username, cache.Epoch);
        var lookup = running.GetOrAdd(key, _ => new(() => FindAsync(credentials, token, origin)));

        try
        {
            return await lookup.Value;
        }
        finally
        {
            running.TryRemove(KeyValuePair.Create(key, lookup));
        }
    }

    async Task<Caller?> FindAsync(BasicCredentials credentials, VerifiedToken token, SignInOrigin origin)
    {
        var epoch = cache.Epoch;
        var user = await users.FindAsync(token) ?? await AddAsync(token, origin);

        if (user is null or { IsRemoved: true })
            return null;

        if (user.IsBlocked)
            throw Refuse(origin, "The user of the token is blocked.");

        var caller = new Caller(user.Id, user.Username, user.PasswordHash) { IsOperator = user.IsOperator };
        cache.Set(credentials, caller, user.PasswordHash, epoch);

        return caller;
    }

    async Task<TokenUser?> AddAsync(VerifiedToken token, SignInOrigin origin)
    {
        limits.CountRegistration(origin.Address);

        try
        {
            await users.AddAsync(token);
        }
        catch (UnconfirmedCommitException)
        {
            // The user is there now, or the request adds it when it is sent again.
        }

        return await users.FindAsync(token);
    }

    ProblemException Refuse(SignInOrigin origin, string reason)
    {
        if (log.IsEnabled(LogLevel.Information) && throttle.TryPass(out var others))
            LogRefused(origin.Address, reason, others);

        return new ProblemException(Problem.Unauthorized with { Detail = reason });
    }

    [LoggerMessage(
        EventId = 19, EventName = "TokenRefused", Level = LogLevel.Information,
        Message = "Token refused from {Address}: {Reason} {Others} others since the last such line")]
    partial void LogRefused(string address, string reason, int others);
}
