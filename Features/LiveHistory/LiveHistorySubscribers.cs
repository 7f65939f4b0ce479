using System.Collections.Concurrent;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;

namespace Bank.Features.LiveHistory;

/// <summary>The subscribers of this instance, by account.</summary>
sealed class LiveHistorySubscribers(LiveHistoryOptions options, ConnectionLimit connections)
{
    /// <summary>Subscribers, who keep their connections open, may use half of them.</summary>
    readonly int maxCount = Math.Min(options.MaxSubscribers, connections.MaxConnections / 2);

    /// <summary>The pause of a refused client: short, but bearable when many of them retry.</summary>
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly ConcurrentDictionary<long, LiveHistorySubscriber[]> byAccount = new();
    readonly Dictionary<long, int> countByUser = [];
    volatile int count;
    bool isCompleted;

    public int Count => count;

    /// <summary>All subscribers, except those that come or go meanwhile.</summary>
    public IEnumerable<LiveHistorySubscriber> All => byAccount.SelectMany(account => account.Value);

    public LiveHistorySubscriber[] OfAccount(long account) => byAccount.GetValueOrDefault(account, []);

    /// <exception cref="ProblemException">The user or the instance has too many subscribers.</exception>
    public void Add(LiveHistorySubscriber subscriber)
    {
        lock (gate)
        {
            var countOfUser = countByUser.GetValueOrDefault(subscriber.Caller.Id);

            if (countOfUser == options.MaxSubscribersPerUser)
                throw new ProblemException(Problem.TooManyRequests) { RetryAfter = RetryAfter };

            if (count == maxCount)
                throw new ProblemException(Problem.Overloaded) { RetryAfter = RetryAfter };

            countByUser[subscriber.Caller.Id] = countOfUser + 1;
            byAccount[subscriber.AccountId] = [.. OfAccount(subscriber.AccountId), subscriber];
            count++;

            if (isCompleted)
                subscriber.Complete();
        }
    }

    public void Remove(LiveHistorySubscriber subscriber)
    {
        lock (gate)
        {
            if (--countByUser[subscriber.Caller.Id] == 0)
                countByUser.Remove(subscriber.Caller.Id);

            var others = Array.FindAll(OfAccount(subscriber.AccountId), other => other != subscriber);

            if (others.Length > 0)
                byAccount[subscriber.AccountId] = others;
            else
                byAccount.TryRemove(subscriber.AccountId, out _);

            count--;
        }
    }

    /// <summary>Ends all subscriptions, later ones at once.</summary>
    public void CompleteAll()
    {
        lock (gate)
        {
            isCompleted = true;

            foreach (var subscriber in All)
                subscriber.Complete();
        }
    }
}
