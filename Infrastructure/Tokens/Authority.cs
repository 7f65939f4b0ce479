using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Bank.Infrastructure.Tokens;

/// <summary>
/// Fetches the keys of the authority: ahead, at the start and every ten minutes, and when a token names a key
/// that is not known, at most once a minute. While the authority is away, the keys that are known stay.
/// </summary>
sealed partial class Authority(TokenOptions options, TimeProvider time, ILogger<Authority> log)
    : BackgroundService
{
    const string DocumentPath = ".well-known/openid-configuration";

    static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);
    static readonly TimeSpan FetchInterval = TimeSpan.FromMinutes(10);
    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);
    static readonly TimeSpan UnknownKeyInterval = TimeSpan.FromMinutes(1);

    readonly LogThrottle throttle = new(time, TimeSpan.FromMinutes(1));
    readonly Lock gate = new();
    Task fetching = Task.CompletedTask;
    long? fetchedForTokenAt;

    /// <summary>Whether the last fetch failed, or none has ended yet.</summary>
    volatile bool isAway = true;

    bool isReportedAway;

    volatile SigningKeys? current;

    /// <summary>What the authority published last; null until it could be fetched.</summary>
    public SigningKeys? Current => current;

    /// <summary>
    /// The keys that may have signed a token. For a key that is not known, it asks the authority, or waits
    /// for an answer that is on its way.
    /// </summary>
    /// <exception cref="ProblemException">
    /// The key is not known, and the authority cannot be asked for it.
    /// </exception>
    public async ValueTask<IReadOnlyList<JsonWebKey>> FindKeysAsync(string? kid, string algorithm)
    {
        if (current?.Find(kid, algorithm) is [_, ..] known)
            return known;

        await FetchForTokenAsync();
        var keys = current?.Find(kid, algorithm) ?? [];

        return keys.Count > 0 || !isAway
            ? keys
            : throw new ProblemException(TokenProblems.AuthorityAway) { RetryAfter = RetryInterval };
    }

    /// <summary>Fetches ahead, so that no request waits for the authority.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.AreAccepted && !stoppingToken.IsCancellationRequested)
        {
            await FetchAsync();
            await Task.Delay(isAway ? RetryInterval : FetchInterval, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    Task FetchForTokenAsync()
    {
        lock (gate)
        {
            if (!fetching.IsCompleted)
                return fetching;

            if (fetchedForTokenAt is { } last && time.GetElapsedTime(last) < UnknownKeyInterval)
                return Task.CompletedTask;

            fetchedForTokenAt = time.GetTimestamp();
            return fetching = RunAsync();
        }
    }

    /// <summary>Fetches, or waits for the fetch that runs.</summary>
    Task FetchAsync()
    {
        lock (gate)
            return fetching.IsCompleted ? fetching = RunAsync() : fetching;
    }

    async Task RunAsync()
    {
        await Task.Yield();

        try
        {
            using var patience = new CancellationTokenSource(FetchTimeout, time);
            current = await ReadAsync(patience.Token);
            isAway = false;

            if (Interlocked.Exchange(ref isReportedAway, false))
                LogBack(options.Authority);
        }
        catch (Exception failed)
        {
            // Whatever the authority sends, the keys that are known stay.
            isAway = true;

            if (throttle.TryPass(out _))
            {
                Volatile.Write(ref isReportedAway, true);
                LogAway(options.Authority, ReasonOf(failed));
            }
        }
    }

    async Task<SigningKeys> ReadAsync(CancellationToken ct)
    {
        using var documents = new AuthorityDocuments(options.Authority);
        var document = await OpenIdConnectConfigurationRetriever.GetAsync(
            $"{options.Authority.TrimEnd('/')}/{DocumentPath}", documents, ct);

        return SigningKeys.From(document, options.Authority);
    }

    static string ReasonOf(Exception failed) => failed is OperationCanceledException
        ? $"it did not answer within {FetchTimeout.TotalSeconds} s"
        : failed.GetBaseException().Message;

    [LoggerMessage(
        17, LogLevel.Warning,
        "The keys of {Authority} could not be fetched: {Reason}. Tokens with a known key are accepted")]
    partial void LogAway(string authority, string reason);

    [LoggerMessage(18, LogLevel.Information, "The keys of {Authority} can be fetched again")]
    partial void LogBack(string authority);
}
