using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Hosting;

/// <summary>Where and how long the API serves; the section <c>Serving</c> of the configuration.</summary>
[Section("Serving")]
sealed class ServingOptions
{
    /// <summary>
    /// After SIGTERM, how long requests are still served while readiness answers 503, so that load balancers
    /// drain the instance first.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    [FormerKey("LeaveAfter")]
    public TimeSpan ShutdownDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a connection without a request stays open. A proxy in front must close idle connections
    /// first, or else it sends a request just as the API closes. The default is above the 600 s of Google's
    /// load balancers, the longest fixed time of the common ones.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(620);

    /// <summary>
    /// How long a response waits for its client to read. Then the connection is cut, so that clients which do
    /// not read keep no memory.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// An address besides the others that speaks HTTP/2 alone, without TLS, to clients that know it: proxies.
    /// </summary>
    public string? Http2Address { get; init; }
}
