namespace Bank.Features.History;

/// <summary>A page of an account's history.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="UserId">The user who must own the account.</param>
/// <param name="Order">Which end of the range comes first.</param>
/// <param name="Low">The lowest sequence in the range.</param>
/// <param name="High">The highest sequence in the range.</param>
/// <param name="Size">The most transactions on the page.</param>
/// <param name="Since">Only transactions posted at this moment or later.</param>
/// <param name="Until">Only transactions posted before this moment.</param>
/// <param name="Direction">in for received transactions only, out for paid ones only.</param>
sealed record HistoryPage(
    long AccountId, long UserId, HistoryOrder Order, long Low, long High, int Size,
    DateTimeOffset? Since, DateTimeOffset? Until, string? Direction)
{
    public bool HasPeriod => (Since ?? Until) is not null;

    public bool HasFilter => HasPeriod || Direction is not null;
}
