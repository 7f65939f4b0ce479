using System.Security.Cryptography;
using System.Text;

namespace Bank.Infrastructure.Idempotency;

/// <summary>
/// A caller's promise that every command with the same key is the same command, to be done once.
/// </summary>
/// <param name="UserId">The caller; every user has keys of their own.</param>
/// <param name="Key">The key as the caller sent it: 1 to 255 visible ASCII characters.</param>
/// <param name="Fingerprint">
/// SHA-256 of the method, the path and the body in base64, to catch a key that is used twice.
/// </param>
/// <param name="TraceId">The trace id of the request, which a replayed refusal repeats.</param>
sealed record IdempotencyKey(long UserId, string Key, string Fingerprint, string TraceId)
{
    /// <summary>
    /// The keys of the elements of a bulk: the hash of its own, which may have all the characters that a key may
    /// have, and the number of the element, after a space, which no caller can send in a key.
    /// </summary>
    public IdempotencyKey[] OfElements(int count)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Key)));
        return [.. Enumerable.Range(0, count).Select(index => this with { Key = $"{hash} {index}" })];
    }
}
