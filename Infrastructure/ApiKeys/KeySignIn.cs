using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.ApiKeys;

/// <summary>
/// Verifies keys: from the cache, or else with one indexed read, which concurrent sign-ins share. No bcrypt
/// runs. A right key is accepted whatever others have tried, because a key cannot be guessed.
/// </summary>
sealed class KeySignIn(
    KeyCache cache, FindKeysQuery keys, KeyUses uses, RateLimits limits, WrongPasswords wrong,
    TrustedOrigins trusted, TimeProvider time)
{
    const string AsKey = "key";

    /// <summary>Keys that were in effect before do not wait behind unknown ones.</summary>
    readonly ReadBatcher<string, StoredKey?> known = new(keys.FindAsync);
    readonly ReadBatcher<string, StoredKey?> unknown = new(keys.FindAsync);

    /// <summary>The caller; null if the text is no key in effect, or a key of another user.</summary>
    /// <param name="username">The username beside the key; null if there is none.</param>
    /// <param name="text">The text.</param>
    /// <param name="origin">Where the request comes from.</param>
    /// <exception cref="ProblemException">Too many wrong keys came from the address.</exception>
    public ValueTask<Caller?> CheckAsync(string? username, string text, SignInOrigin origin) =>
        KeyText.HasForm(text) ? CheckKeyAsync(username, text, origin) : default;

    /// <summary>Whether the key was in effect when it was last read.</summary>
    public bool IsKnown(string text) => KeyText.HasForm(text) && cache.Contains(KeyText.HashOf(text));

    async ValueTask<Caller?> CheckKeyAsync(string? username, string text, SignInOrigin origin)
    {
        var entry = KeyText.IsIntact(text) ? await FindAsync(KeyText.HashOf(text)) : null;

        if (entry is not null && (username is null || username == entry.Caller.Username))
        {
            if (uses.Today is var today && entry.TryClaimUse(today))
                uses.Record(entry.Caller.KeyId!.Value, today);

            return entry.Caller;
        }

        // The password of a user who is known there may look like a key.
        if (username is null || !trusted.Contains(username, origin))
            CountWrong(new BasicCredentials(username ?? "", text), origin.Address);

        return null;
    }

    async ValueTask<KeyCache.Entry?> FindAsync(string hash)
    {
        if (cache.TryGet(hash) is { } cached)
            return cached;

        var (epoch, readAt) = (cache.Epoch, time.GetTimestamp());
        var reads = cache.Contains(hash) ? known : unknown;

        return await reads.ReadAsync(hash, CancellationToken.None) is { } key
            ? cache.Set(hash, key, epoch, readAt)
            : null;
    }

    /// <summary>
    /// Counts a wrong key; the same one again is no further failure. It is remembered under a word that is no
    /// hash: the check of passwords remembers an unknown user's under none, and would refuse the text there
    /// without bcrypt, which tells that the user is unknown.
    /// </summary>
    void CountWrong(BasicCredentials credentials, string address)
    {
        if (wrong.Contains(credentials, address, AsKey))
            return;

        limits.CountWrongKey(address);
        wrong.Add(credentials, address, AsKey);
    }
}
