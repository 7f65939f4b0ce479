using System.Net;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>The reply to a request to move money.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The problem's code; null for a 201.</param>
/// <param name="Id">The transaction that was or may have been posted; otherwise null.</param>
/// <param name="Balance">The balance after it, for a 201.</param>
/// <param name="RetryAfter">The Retry-After header.</param>
sealed partial record Reply(
    HttpStatusCode Status, string? Code, Guid? Id, decimal? Balance, TimeSpan? RetryAfter)
{
    /// <summary>The code for a missing reply: the API was killed.</summary>
    public const string NoneCode = "none";

    /// <summary>No reply: only a replay with the key can tell the outcome.</summary>
    public static Reply None { get; } =
        new(HttpStatusCode.ServiceUnavailable, NoneCode, null, null, TimeSpan.Zero);

    public bool IsPosted => Status == HttpStatusCode.Created;

    /// <summary>Whether only a retry can tell the outcome.</summary>
    public bool NeedsRetry => Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests;

    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        // A proxy of the soak has lost the API.
        if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout)
            return None;

        var json = await response.JsonAsync();

        if (response.StatusCode == HttpStatusCode.Created)
            return new Reply(
                response.StatusCode, null, json.GetProperty("id").GetGuid(),
                json.GetProperty("balance").GetDecimal(), null);

        return new Reply(
            response.StatusCode, json.GetProperty("code").GetString(),
            IdIn(json.GetProperty("detail").GetString()!), null,
            response.Headers.RetryAfter?.Delta);
    }

    /// <summary>The transaction id that a detail names, or null.</summary>
    public static Guid? IdIn(string detail) =>
        WhereToAsk.Match(detail) is { Success: true } named ? Guid.Parse(named.Groups[1].Value) : null;

    [GeneratedRegex("GET /transactions/([0-9a-f-]{36})")]
    static partial Regex WhereToAsk { get; }
}
