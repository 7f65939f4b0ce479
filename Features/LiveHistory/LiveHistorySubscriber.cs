using System.Threading.Channels;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.LiveHistory;

/// <summary>
/// Somebody who listens to the history of an account. What comes next waits for it, a page at most: while
/// that is not taken nothing more is read, so that who is slow costs no memory and holds up nobody.
/// </summary>
/// <param name="caller">Who it is.</param>
/// <param name="accountId">An account of the caller's.</param>
/// <param name="sequence">The last transaction that is known already.</param>
sealed class LiveHistorySubscriber(Caller caller, long accountId, long sequence)
{
    readonly Channel<Transaction[]> next = Channel.CreateBounded<Transaction[]>(
        new BoundedChannelOptions(1) { SingleReader = true });

    long offeredAt = Environment.TickCount64;
    long lookedAt = Environment.TickCount64;
    int isDue;

    public Caller Caller { get; } = caller;

    public long AccountId { get; } = accountId;

    /// <summary>The last transaction that was offered.</summary>
    public long Sequence { get; private set; } = sequence;

    /// <summary>Whether there is room for a page.</summary>
    public bool HasRoom => next.Reader.Count == 0 && !next.Reader.Completion.IsCompleted;

    /// <summary>How long nothing was offered.</summary>
    public TimeSpan Silence => TimeSpan.FromMilliseconds(Environment.TickCount64 - offeredAt);

    /// <summary>For how long nobody looked whether there is more.</summary>
    public TimeSpan Unwatched =>
        TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref lookedAt));

    /// <summary>What comes, page by page, until it is over; an empty page is a sign of life.</summary>
    public IAsyncEnumerable<Transaction[]> ReadAsync(CancellationToken ct) => next.Reader.ReadAllAsync(ct);

    /// <summary>Offers a page where there is room; only one offers.</summary>
    public void Offer(Transaction[] page)
    {
        next.Writer.TryWrite(page);
        offeredAt = Environment.TickCount64;

        if (page.Length > 0)
            Sequence = page[^1].Sequence!.Value;
    }

    /// <summary>Ends it, once what was offered is taken.</summary>
    public void End() => next.Writer.TryComplete();

    /// <summary>Takes note that it is to be looked at; false if that was known.</summary>
    public bool TryBecomeDue() => Interlocked.Exchange(ref isDue, 1) == 0;

    /// <summary>Takes note that it is being looked at: what happens from now on makes it due again.</summary>
    public void NoteLook()
    {
        Volatile.Write(ref lookedAt, Environment.TickCount64);
        Volatile.Write(ref isDue, 0);
    }
}
