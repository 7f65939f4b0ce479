namespace Bank.Infrastructure.GroupCommit;

/// <summary>
/// How money commands share statements; the section <c>GroupCommit</c> of the configuration.
/// </summary>
sealed class GroupCommitOptions
{
    /// <summary>How many statements of a slice may be on their way at once.</summary>
    public int StatementsInFlight { get; init; } = 2;

    /// <summary>The most commands that one statement posts.</summary>
    public int LargestBatch { get; init; } = 250;

    /// <summary>How many commands of a slice may wait; past it they are refused at once.</summary>
    public int QueueCapacity { get; init; } = 4096;
}
