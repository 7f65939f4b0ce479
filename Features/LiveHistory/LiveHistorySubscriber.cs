using System.Threading.Channels;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.LiveHistory;

/// <summary>
/// A subscriber to an account's history. At most one page waits for it; until it takes that page, no other is
/// read. So a slow subscriber costs no memory and delays nobody.
/// </summary>
/// <param name="caller">The user who subscribed.</param>
/// <param name="accountId">An account of the caller's.</param>
/// <param name="sequence">The last transaction that the subscriber has.</param>
/// <param name="time">The clock.</param>
sealed class LiveHistorySubscriber(Caller caller, long accountId, long sequence, TimeProvider time)
{
    readonly Channel<Transaction[]> pages = Channel.CreateBounded<Transaction[]>(
        new BoundedChannelOptions(1) { SingleReader = true });

    long publishedAt = time.GetTimestamp();
    long polledAt = time.GetTimestamp();
    int isScheduled;

    public Caller Caller { get; } = caller;

    public long AccountId { get; } = accountId;

    /// <summary>The last transaction that was published to it.</summary>
    public long Sequence { get; private set; } = sequence;

    public bool HasRoom => pages.Reader.Count == 0 && !pages.Reader.Completion.IsCompleted;

    /// <summary>The time since the last page or heartbeat.</summary>
    public TimeSpan IdleTime => time.GetElapsedTime(publishedAt);

    public TimeSpan SinceLastPoll => time.GetElapsedTime(Volatile.Read(ref polledAt));

    /// <summary>The pages, until the subscription ends; an empty page is a heartbeat.</summary>
    public IAsyncEnumerable<Transaction[]> ReadAsync(CancellationToken ct) => pages.Reader.ReadAllAsync(ct);

    /// <summary>Publishes a page if there is room. Only one thread publishes.</summary>
    public void TryPublish(Transaction[] page)
    {
        pages.Writer.TryWrite(page);
        publishedAt = time.GetTimestamp();

        if (page.Length > 0)
            Sequence = page[^1].Sequence!.Value;
    }

    /// <summary>Ends the subscription once the subscriber has read what was published.</summary>
    public void Complete() => pages.Writer.TryComplete();

    /// <summary>Marks it as waiting for a poll; false if it is waiting already.</summary>
    public bool TrySchedule() => Interlocked.Exchange(ref isScheduled, 1) == 0;

    /// <summary>Marks the start of a poll. Whatever is posted from now on schedules another one.</summary>
    public void MarkPolled()
    {
        Volatile.Write(ref polledAt, time.GetTimestamp());
        Volatile.Write(ref isScheduled, 0);
    }
}
