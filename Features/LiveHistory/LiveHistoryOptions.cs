using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Features.LiveHistory;

/// <summary>Live histories; the section <c>Live</c> of the configuration.</summary>
[Section("Live")]
sealed class LiveHistoryOptions
{
    /// <summary>The most subscribers of an instance.</summary>
    [Range(1, 1_000_000), FormerKey("Listeners")]
    public int MaxSubscribers { get; init; } = 10_000;

    /// <summary>The most subscribers of one user at an instance.</summary>
    [Range(1, 1_000_000), FormerKey("ListenersPerUser")]
    public int MaxSubscribersPerUser { get; init; } = 100;

    /// <summary>
    /// How often every subscribed account is polled, for transactions of other instances and for the end of
    /// the subscription.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    [FormerKey("LookEvery")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After how much silence a subscriber gets a comment that keeps the connection open.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    [FormerKey("HeartbeatEvery")]
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);
}
