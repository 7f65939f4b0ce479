using System.ComponentModel.DataAnnotations;
using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// How money commands share queries; the section <c>GroupCommit</c> of the configuration. The defaults were
/// measured on two cores that API, PostgreSQL and clients shared, with 10,000 accounts.
/// </summary>
[Section("GroupCommit")]
sealed class GroupCommitOptions
{
    /// <summary>
    /// The queries that are in flight at once while pages are in memory. One makes the larger groups: with
    /// 256 connections 102 transfers a query at 31 microseconds of PostgreSQL's processor time each, against
    /// 56 at 42 microseconds with two.
    /// </summary>
    [Range(1, 64)]
    public int MinQueriesInFlight { get; init; } = 1;

    /// <summary>
    /// The queries that are in flight at most, when that turns out to be faster
    /// (<see cref="QueriesInFlight"/>). A number below <see cref="MinQueriesInFlight"/> counts as that.
    /// One by default: a query skips the accounts that another query has locked, also one of the same
    /// instance, so that several park the commands of a busy account, and refuse those beyond
    /// <see cref="ParkedPerAccount"/>.
    /// </summary>
    [Range(1, 64), FormerKey("StatementsInFlight")]
    public int MaxQueriesInFlight { get; init; } = 1;

    /// <summary>
    /// The commands that one query posts. One core of PostgreSQL posted 1,640 transfers a second one by one,
    /// 20,200 in groups of a hundred and 27,400 in groups of five hundred; larger groups add latency and
    /// little else.
    /// </summary>
    [Range(1, 5000), FormerKey("LargestBatch")]
    public int MaxGroupSize { get; init; } = 500;

    /// <summary>
    /// The single commands that may wait, each counted as often as it posts transactions; more are refused at
    /// once.
    /// </summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; init; } = 4096;

    /// <summary>
    /// The single commands that may wait for one account, hold or key locked by another session; more are
    /// refused at once.
    /// </summary>
    [Range(1, 1_000_000), FormerKey("LineCapacity")]
    public int ParkedPerAccount { get; init; } = 256;

    /// <summary>
    /// The background queries that may be in flight besides the others: slow ones, the halves of a group that
    /// failed as a whole, and replays.
    /// </summary>
    [Range(1, 64), FormerKey("StatementsBeside")]
    public int MaxBackgroundQueries { get; init; } = 4;

    /// <summary>
    /// The single commands of one user that may be in flight, counted likewise; more are refused at once. 0
    /// means any number.
    /// </summary>
    [Range(0, 1_000_000)]
    public int CommandsPerUser { get; init; } = 1000;

    /// <summary>
    /// The commands of all bulks that may be in flight; a bulk that does not fit in is refused at once, as a
    /// whole.
    /// </summary>
    [Range(1, 1_000_000)]
    public int BulkCapacity { get; init; } = 32_768;

    /// <summary>The commands of one user's bulks that may be in flight.</summary>
    [Range(1, 1_000_000)]
    public int BulkCommandsPerUser { get; init; } = 8192;
}
