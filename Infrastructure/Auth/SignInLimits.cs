using Bank.Infrastructure.Problems;
using Microsoft.Extensions.Caching.Memory;

namespace Bank.Infrastructure.Auth;

/// <summary>
/// Slows down who guesses passwords, by user and by address. An address that a user has signed in well from
/// is not held to either count for that user: nobody can lock others out by failing in their name.
/// </summary>
sealed class SignInLimits(LimitOptions options) : IDisposable
{
    /// <summary>How often a trusted address may fail in a row until it is a stranger again.</summary>
    const int FailuresThatEndTrust = 5;

    const int TrustedPairs = 100_000;
    const int LongestUsername = 128;

    static readonly TimeSpan TrustLasts = TimeSpan.FromDays(1);

    readonly Limiter byUser = new(options.FailedSignInsPerUser, TimeSpan.FromMinutes(1));
    readonly Limiter byAddress = new(options.FailedSignInsPerAddress, TimeSpan.FromMinutes(1));
    readonly MemoryCache trusted = new(new MemoryCacheOptions { SizeLimit = TrustedPairs });

    /// <summary>Whether the address is trusted; a stranger's is refused after too many failures.</summary>
    /// <exception cref="ProblemException">There were too many failures lately.</exception>
    public bool IsTrusted(string username, string address)
    {
        if (trusted.TryGetValue((username, address), out _))
            return true;

        byUser.ThrowIfReached(KeyOf(username));
        byAddress.ThrowIfReached(address);
        return false;
    }

    /// <summary>Trusts an address that the user signed in well from, unless it is trusted already.</summary>
    public void Trust(string username, string address)
    {
        if (trusted.TryGetValue((username, address), out _))
            return;

        var entry = new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TrustLasts };
        trusted.Set((username, address), new TrustedPair(), entry);
    }

    /// <summary>
    /// Begins a sign-in, unless too many failed lately or are being tried; ends it on disposal.
    /// </summary>
    /// <exception cref="ProblemException">There are too many.</exception>
    public Attempt Begin(string username, string address)
    {
        if (trusted.TryGetValue((username, address), out _))
            return new Attempt(null, null);

        var ofUser = byUser.Begin(KeyOf(username));

        try
        {
            return new Attempt(ofUser, byAddress.Begin(address));
        }
        catch
        {
            ofUser.Dispose();
            throw;
        }
    }

    /// <summary>Takes note of how a sign-in ended.</summary>
    public void Note(string username, string address, bool succeeded)
    {
        if (succeeded)
        {
            trusted.Remove((username, address));
            Trust(username, address);
            return;
        }

        byUser.Note(KeyOf(username));
        byAddress.Note(address);

        if (trusted.TryGetValue((username, address), out TrustedPair? trust)
            && trust!.Fail() >= FailuresThatEndTrust)
            trusted.Remove((username, address));
    }

    public void Dispose()
    {
        byUser.Dispose();
        byAddress.Dispose();
        trusted.Dispose();
    }

    /// <summary>Nobody has a longer name; all of them together count as one.</summary>
    static string KeyOf(string username) => username.Length <= LongestUsername ? username : "";

    /// <summary>A sign-in that is being tried.</summary>
    public readonly struct Attempt(IDisposable? ofUser, IDisposable? ofAddress) : IDisposable
    {
        public void Dispose()
        {
            ofUser?.Dispose();
            ofAddress?.Dispose();
        }
    }

    sealed class TrustedPair
    {
        int failures;

        public int Fail() => Interlocked.Increment(ref failures);
    }
}
