using System.Collections.Concurrent;

namespace Bank.Features.Webhooks;

/// <summary>
/// A webhook that this instance works on. The dispatcher reads and saves, one sender at a time delivers.
/// </summary>
/// <param name="row">Its row when it was leased.</param>
/// <param name="leasedAt">A timestamp from before the lease began.</param>
/// <param name="time">The clock.</param>
sealed class WebhookDelivery(LeasedWebhook row, long leasedAt, TimeProvider time)
{
    /// <summary>A request begins only if it ends before the lease does.</summary>
    static readonly TimeSpan MaxLeaseAge =
        LeaseWebhooksQuery.Duration - WebhookClient.Timeout - TimeSpan.FromSeconds(1);

    readonly ConcurrentQueue<WebhookTransaction> waiting = new();

    long delivered = row.Sequence;
    long leasedAt = leasedAt;
    long changedAt = leasedAt;
    long version = row.Sequence;
    volatile bool isSending;
    SecretGeneration secret = new(row.Generation, row.RotatedAt ?? DateTimeOffset.MinValue);

    public long Id => row.Id;

    public long AccountId => row.AccountId;

    public string Url => row.Url;

    /// <summary>How often it was replayed when it was leased.</summary>
    public int Replays => row.Replays;

    /// <summary>The sequence of the last delivered transaction.</summary>
    public long Delivered => Volatile.Read(ref delivered);

    /// <summary>The sequence of the last transaction that was read.</summary>
    public long LastRead { get; private set; } = row.Sequence;

    /// <summary>The sequence that its row has.</summary>
    public long Saved { get; private set; } = row.Sequence;

    /// <summary>The transactions that are still to be delivered.</summary>
    public long Behind => Failure is null ? Math.Max(0, version - Delivered) : 0;

    /// <summary>The failed attempts at the next transaction.</summary>
    public int Attempts { get; private set; } = row.Attempts;

    /// <summary>What went wrong at the last of them.</summary>
    public string? Error { get; private set; } = row.Error;

    /// <summary>The failure that ended the delivery.</summary>
    public WebhookResult? Failure { get; private set; }

    /// <summary>Whether its receiver failed or was slow the last time.</summary>
    public bool IsSlow { get; private set; } = row.Attempts > 0;

    /// <summary>Whether there may be new transactions.</summary>
    public bool HasNews { get; set; } = true;

    /// <summary>Whether its row has to be looked at, because it was changed or could not be saved.</summary>
    public bool IsInQuestion { get; set; }

    /// <summary>Whether this instance may not deliver it any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The sender at work.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    public bool IsSending => isSending;

    public bool HasRoom => waiting.Count <= ReadWebhooksQuery.MaxPageSize / 2;

    /// <summary>Whether a request may begin now.</summary>
    public bool MaySend => !HasEnded && Failure is null && LeaseAge < MaxLeaseAge;

    public TimeSpan LeaseAge => time.GetElapsedTime(Volatile.Read(ref leasedAt));

    /// <summary>For how long it has had nothing to deliver; zero while it has.</summary>
    public TimeSpan IdleTime => IsSending || !waiting.IsEmpty || Failure is not null
        ? TimeSpan.Zero
        : time.GetElapsedTime(Volatile.Read(ref changedAt));

    /// <summary>The next transaction; null without one.</summary>
    public WebhookTransaction? Next => waiting.TryPeek(out var next) ? next : null;

    /// <summary>The generations of its secret that are in effect, latest first.</summary>
    public int[] GenerationsAt(DateTimeOffset now)
    {
        var (generation, rotatedAt) = Volatile.Read(ref secret);
        return generation > 1 && now - rotatedAt < WebhookSecrets.Overlap
            ? [generation, generation - 1]
            : [generation];
    }

    /// <summary>Adds what was read; a row without a transaction ends the delivery.</summary>
    public void Add(WebhookTransaction item)
    {
        if (item.Sequence is not { } sequence)
        {
            HasEnded = true;
            return;
        }

        waiting.Enqueue(item);
        (LastRead, version) = (sequence, item.Version);
        Rotate(item.Generation, item.RotatedAt);
    }

    /// <summary>Starts a sender.</summary>
    public void Start(Func<Task> send)
    {
        isSending = true;
        Sending = Task.Run(send);
    }

    /// <summary>Marks the end of the sender.</summary>
    public void MarkSent()
    {
        Volatile.Write(ref changedAt, time.GetTimestamp());
        isSending = false;
    }

    /// <summary>Records the result of a request for the next transaction.</summary>
    public void Record(WebhookResult result, bool isSlow)
    {
        IsSlow = isSlow || !result.IsDelivered;

        if (result.IsDelivered && waiting.TryDequeue(out var item))
        {
            (Attempts, Error) = (0, null);
            Volatile.Write(ref delivered, item.Sequence!.Value);
        }
        else
        {
            (Attempts, Error, Failure) = (Attempts + 1, result.Error, result);
        }
    }

    /// <summary>Marks that its row has this sequence, and that its lease began again.</summary>
    public void MarkSaved(long sequence, SavedWebhook saved, long startedAt)
    {
        Saved = sequence;
        Volatile.Write(ref leasedAt, startedAt);
        Rotate(saved.Generation, saved.RotatedAt);
    }

    void Rotate(int generation, DateTimeOffset? rotatedAt) => Volatile.Write(
        ref secret, new SecretGeneration(generation, rotatedAt ?? DateTimeOffset.MinValue));
}
