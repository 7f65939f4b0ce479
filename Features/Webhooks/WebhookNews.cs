using System.Collections.Concurrent;
using System.Threading.Channels;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Webhooks;

/// <summary>
/// Tells the dispatcher what has happened in this process: postings of accounts that have webhooks, and
/// changes of webhooks. For a posting it costs a look-up of its accounts. It is a hint: the dispatcher also
/// finds everything by itself, later.
/// </summary>
sealed class WebhookNews
{
    readonly Channel<bool> wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    readonly ConcurrentDictionary<long, bool> accounts = new();
    readonly ConcurrentDictionary<long, bool> changed = new();
    readonly ConcurrentDictionary<long, long[]> webhooks = new();

    /// <summary>The webhooks of an account that are known here.</summary>
    public long[] WebhooksOf(long account) => webhooks.GetValueOrDefault(account, []);

    /// <summary>Adds a webhook, and schedules its account if it was not known.</summary>
    public void Add(long account, long webhook)
    {
        if (WebhooksOf(account).Contains(webhook))
            return;

        webhooks.AddOrUpdate(account, [webhook], (_, known) => [.. known, webhook]);
        Schedule(account);
    }

    /// <summary>Forgets deleted webhooks.</summary>
    /// <param name="found">All webhooks, each with its account, up to an id.</param>
    /// <param name="upTo">That id.</param>
    public void Keep(IReadOnlySet<(long Account, long Webhook)> found, long upTo)
    {
        foreach (var (account, known) in webhooks)
        {
            var kept = Array.FindAll(known, webhook => webhook > upTo || found.Contains((account, webhook)));

            // A webhook that was added meanwhile stays, because the array is then another one.
            if (kept.Length == 0)
                webhooks.TryRemove(KeyValuePair.Create(account, known));
            else if (kept.Length < known.Length)
                webhooks.TryUpdate(account, kept, known);
        }
    }

    /// <summary>Schedules the accounts of a command if they have webhooks.</summary>
    public void RecordPosting(MoneyCommand command)
    {
        if (webhooks.IsEmpty)
            return;

        foreach (var account in command.AccountIds)
        {
            if (webhooks.ContainsKey(account))
                Schedule(account);
        }
    }

    /// <summary>Schedules a webhook whose row was changed.</summary>
    public void RecordChange(long webhook)
    {
        changed[webhook] = true;
        Wake();
    }

    public void Schedule(long account)
    {
        if (accounts.TryAdd(account, true))
            Wake();
    }

    public void Wake() => wakes.Writer.TryWrite(true);

    /// <summary>Takes the scheduled accounts and the changed webhooks.</summary>
    public (List<long> Accounts, List<long> Changed) Take() => (Take(accounts), Take(changed));

    /// <summary>Waits until something happens, or for so long.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);

        try
        {
            await wakes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // Nothing has happened, or the instance stops.
        }
    }

    static List<long> Take(ConcurrentDictionary<long, bool> from) =>
        [.. from.Keys.Where(key => from.TryRemove(key, out _))];
}
