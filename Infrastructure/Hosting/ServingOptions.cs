using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.Hosting;

/// <summary>How serving ends; the section <c>Serving</c> of the configuration.</summary>
sealed class ServingOptions
{
    /// <summary>
    /// For how long, once it is told to stop, it goes on to serve while it says that it is not ready, so that
    /// whoever sends requests here has noticed before nobody listens any more.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ErrorMessage = Settings.Duration)]
    public TimeSpan LeaveAfter { get; init; } = TimeSpan.FromSeconds(5);
}
