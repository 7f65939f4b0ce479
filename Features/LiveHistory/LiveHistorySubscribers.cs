using System.Collections.Concurrent;
using Bank.Infrastructure.Problems;

namespace Bank.Features.LiveHistory;

/// <summary>All who listen at this instance, by the account that they listen to.</summary>
sealed class LiveHistorySubscribers(LiveHistoryOptions options)
{
    /// <summary>After how long to try again: soon enough, and seldom enough for all who wait.</summary>
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly ConcurrentDictionary<long, LiveHistorySubscriber[]> byAccount = new();
    readonly Dictionary<long, int> countOf = [];
    volatile int count;
    bool isOver;

    public int Count => count;

    /// <summary>Each of them, but who comes or goes meanwhile.</summary>
    public IEnumerable<LiveHistorySubscriber> All => byAccount.SelectMany(account => account.Value);

    /// <summary>Those who listen to an account.</summary>
    public LiveHistorySubscriber[] Of(long account) => byAccount.GetValueOrDefault(account, []);

    /// <exception cref="ProblemException">There are as many as there may be.</exception>
    public void Add(LiveHistorySubscriber listener)
    {
        lock (gate)
        {
            var ofUser = countOf.GetValueOrDefault(listener.Caller.Id);

            if (ofUser == options.ListenersPerUser || count == options.Listeners)
                throw new ProblemException(
                    ofUser == options.ListenersPerUser ? Problem.TooManyRequests : Problem.Overloaded)
                {
                    RetryAfter = RetryAfter,
                };

            countOf[listener.Caller.Id] = ofUser + 1;
            byAccount[listener.AccountId] = [.. Of(listener.AccountId), listener];
            count++;

            if (isOver)
                listener.End();
        }
    }

    public void Remove(LiveHistorySubscriber listener)
    {
        lock (gate)
        {
            if (--countOf[listener.Caller.Id] == 0)
                countOf.Remove(listener.Caller.Id);

            var others = Array.FindAll(Of(listener.AccountId), other => other != listener);

            if (others.Length > 0)
                byAccount[listener.AccountId] = others;
            else
                byAccount.TryRemove(listener.AccountId, out _);

            count--;
        }
    }

    /// <summary>Ends all of them, and whoever comes after.</summary>
    public void EndAll()
    {
        lock (gate)
        {
            isOver = true;

            foreach (var listener in All)
                listener.End();
        }
    }
}
