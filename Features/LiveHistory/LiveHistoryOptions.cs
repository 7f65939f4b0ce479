using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Features.LiveHistory;

/// <summary>How histories are told as they happen; the section <c>Live</c> of the configuration.</summary>
sealed class LiveHistoryOptions
{
    /// <summary>The most listeners that an instance has at the same time.</summary>
    [Range(1, 1_000_000)]
    public int Listeners { get; init; } = 10_000;

    /// <summary>The most listeners that one user has at an instance at the same time.</summary>
    [Range(1, 1_000_000)]
    public int ListenersPerUser { get; init; } = 100;

    /// <summary>
    /// How often each listener's account is looked at, for what other instances posted, and for whether it is
    /// over.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00", ErrorMessage = Settings.Duration)]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After how much silence a listener is sent a comment, lest it be taken for dead.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00", ErrorMessage = Settings.Duration)]
    public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromSeconds(15);
}
