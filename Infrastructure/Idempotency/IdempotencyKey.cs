using System.Security.Cryptography;
using System.Text;

namespace Bank.Infrastructure.Idempotency;

/// <summary>
/// A caller's promise that every request with the same key is the same request, to be done once.
/// </summary>
/// <param name="UserId">The caller. Keys are per user.</param>
/// <param name="Key">The key as the caller sent it: 1 to 255 visible ASCII characters.</param>
/// <param name="Fingerprint">
/// SHA-256 of the method, the path and the body, in base64. It detects a key that is used for two requests.
/// </param>
/// <param name="TraceId">The trace id of the request; a replayed problem repeats it.</param>
sealed record IdempotencyKey(long UserId, string Key, string Fingerprint, string TraceId)
{
    /// <summary>
    /// The keys of the elements of a bulk: the hash of the bulk's key, a space and the position of the
    /// element. No caller can send a space in a key, so they never collide with another key.
    /// </summary>
    public IdempotencyKey[] OfElements(int count)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Key)));
        return [.. Enumerable.Range(0, count).Select(index => this with { Key = $"{hash} {index}" })];
    }
}
