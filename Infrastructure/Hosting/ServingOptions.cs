using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Hosting;

/// <summary>How serving ends; the section <c>Serving</c> of the configuration.</summary>
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
}
