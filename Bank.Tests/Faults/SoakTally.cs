using System.Globalization;

namespace Bank.Tests.Faults;

/// <summary>Counts the movements and replies of a soak.</summary>
sealed class SoakTally
{
    readonly SortedDictionary<string, int> replies = [];
    int transfers;

    /// <summary>The number of posted movements, including deposits and withdrawals.</summary>
    public int Posted { get; private set; }

    public void Add(IReadOnlyList<Attempt> attempts)
    {
        Posted += attempts.Count(attempt => attempt.IsPosted);
        transfers += attempts.Count(attempt =>
            attempt.IsPosted && attempt.Movement is { From: not null, To: not null });

        foreach (var reply in attempts.SelectMany(attempt => attempt.Replies))
        {
            var kind = reply.Code == Reply.NoneCode
                ? "no response"
                : $"{(int)reply.Status} {reply.Code}".Trim();
            replies[kind] = replies.GetValueOrDefault(kind) + 1;
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Posted:N0} posted, of which {transfers:N0} transfers; replies: ")
        + string.Join(", ", replies.Select(reply => string.Create(
            CultureInfo.InvariantCulture, $"{reply.Value:N0} {reply.Key}")));
}
