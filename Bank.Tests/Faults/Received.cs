using System.Collections.Concurrent;

namespace Bank.Tests.Faults;

/// <summary>The transfers that accounts received and can refund.</summary>
sealed class Received
{
    readonly ConcurrentDictionary<long, ConcurrentQueue<(Guid Id, Movement Transfer)>> byAccount = new();

    public void Add(Movement transfer, Guid id) =>
        byAccount.GetOrAdd(transfer.To!.Value, _ => new()).Enqueue((id, transfer));

    /// <summary>The next transfer that an account received, round robin; null without one.</summary>
    public (Guid Id, Movement Transfer)? Next(long account)
    {
        if (!byAccount.TryGetValue(account, out var transfers) || !transfers.TryDequeue(out var next))
            return null;

        transfers.Enqueue(next);
        return next;
    }
}
