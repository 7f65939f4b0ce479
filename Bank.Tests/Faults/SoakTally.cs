using System.Globalization;

namespace Bank.Tests.Faults;

/// <summary>What a soak's customers asked for, and how they were answered.</summary>
sealed class SoakTally
{
    readonly SortedDictionary<string, int> replies = [];
    int transfers;

    /// <summary>How many movements were posted, deposits and withdrawals included.</summary>
    public int Posted { get; private set; }

    public void Add(IReadOnlyList<Attempt> attempts)
    {
        Posted += attempts.Count(attempt => attempt.IsPosted);
        transfers += attempts.Count(attempt => attempt.IsPosted && attempt.Movement is { From: not null, To: not null });

        foreach (var reply in attempts.SelectMany(attempt => attempt.Replies))
        {
            var answer = reply.Code == Reply.NoneCode ? "no answer" : $"{(int)reply.Status} {reply.Code}".Trim();
            replies[answer] = replies.GetValueOrDefault(answer) + 1;
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Posted:N0} posted, of which {transfers:N0} transfers; answers: ")
        + string.Join(", ", replies.Select(reply => string.Create(
            CultureInfo.InvariantCulture, $"{reply.Value:N0} {reply.Key}")));
}
