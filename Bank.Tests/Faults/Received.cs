using System.Collections.Concurrent;

namespace Bank.Tests.Faults;

/// <summary>The transfers that accounts received, for their owners to send back.</summary>
sealed class Received
{
    readonly ConcurrentDictionary<long, ConcurrentQueue<(Guid Id, Movement Transfer)>> byAccount = new();

    public void Add(Movement transfer, Guid id) =>
        byAccount.GetOrAdd(transfer.To!.Value, _ => new()).Enqueue((id, transfer));

    /// <summary>One that an account received, if there is one; each in its turn, again and again.</summary>
    public (Guid Id, Movement Transfer)? Next(long account)
    {
        if (!byAccount.TryGetValue(account, out var transfers) || !transfers.TryDequeue(out var next))
            return null;

        transfers.Enqueue(next);
        return next;
    }
}
