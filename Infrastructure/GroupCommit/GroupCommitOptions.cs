using System.ComponentModel.DataAnnotations;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// How money commands share statements; the section <c>GroupCommit</c> of the configuration. The defaults
/// were measured on two cores that API, PostgreSQL and clients shared, with 10,000 accounts.
/// </summary>
sealed class GroupCommitOptions
{
    /// <summary>
    /// How many statements may be on their way at once. One makes the larger batches: with 256
    /// connections 102 transfers a statement at 31 microseconds of PostgreSQL's processor time each, against
    /// 56 at 42 microseconds with two.
    /// </summary>
    [Range(1, 64)]
    public int StatementsInFlight { get; init; } = 1;

    /// <summary>
    /// The most commands that one statement posts. One core of PostgreSQL posted 1,640 transfers a second one
    /// by one, 20,200 by the hundred and 27,400 by five hundred; beyond that latency grows and little else.
    /// </summary>
    [Range(1, 5000)]
    public int LargestBatch { get; init; } = 500;

    /// <summary>
    /// How many commands may wait, each counted as often as it posts transactions; past it they are refused
    /// at once.
    /// </summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; init; } = 4096;

    /// <summary>
    /// How many commands may wait for one account that somebody else has locked; past it they are
    /// refused at once.
    /// </summary>
    [Range(1, 1_000_000)]
    public int LineCapacity { get; init; } = 256;

    /// <summary>
    /// How many statements may be on their way beside those that are in flight: those that take long, those
    /// that are tried again in halves because they failed as a whole, and those that read first answers.
    /// </summary>
    [Range(1, 64)]
    public int StatementsBeside { get; init; } = 4;

    /// <summary>
    /// How many commands of one user may be unanswered, counted likewise; past it they are refused at once. 0
    /// means any number.
    /// </summary>
    [Range(0, 1_000_000)]
    public int CommandsPerUser { get; init; } = 1000;

    /// <summary>
    /// How many commands that came in bulk may be unanswered; past it further bulks are refused at once, each as
    /// a whole.
    /// </summary>
    [Range(1, 1_000_000)]
    public int BulkCapacity { get; init; } = 32_768;

    /// <summary>How many of them may be of one user.</summary>
    [Range(1, 1_000_000)]
    public int BulkCommandsPerUser { get; init; } = 8192;
}
