namespace Bank.Features.Webhooks;

/// <summary>
/// The webhooks that this instance works on, and the steps of a round. One thread runs them.
/// </summary>
sealed class WebhookWork(
    FindWebhooksQuery find, LeaseWebhooksQuery lease, ReadWebhooksQuery read, SaveWebhooksQuery save,
    WebhookSender sender, WebhookNews news, WebhookMetrics metrics, TimeProvider time)
{
    /// <summary>The most accounts or webhooks in a query.</summary>
    const int MaxPerQuery = 1_000;

    /// <summary>A lease is renewed when it is older.</summary>
    static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(4);

    /// <summary>A lease ends after so long without a transaction.</summary>
    static readonly TimeSpan MaxIdleTime = TimeSpan.FromSeconds(2);

    /// <summary>How often the webhooks of an account are tried to be leased.</summary>
    static readonly TimeSpan LeaseInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The instance, as the owner of leases.</summary>
    readonly Guid owner = Guid.NewGuid();

    readonly Dictionary<long, WebhookDelivery> active = [];
    readonly HashSet<long> dueAccounts = [];
    readonly Dictionary<long, long> leaseTimes = [];
    readonly HashSet<(long Account, long Webhook)> found = [];
    long newest;
    long lastFound;
    long newestAtStart;

    /// <summary>Runs a round.</summary>
    /// <param name="isFull">Whether to look for work that no news tells of.</param>
    /// <param name="abort">Ends the requests in flight.</param>
    /// <param name="ct">Ends the senders.</param>
    public async Task RunRoundAsync(bool isFull, CancellationToken abort, CancellationToken ct)
    {
        if (isFull)
            await FindAsync();

        TakeNews();
        await LeaseAsync();
        await ReadAsync(isFull);
        Send(abort, ct);
        await SaveAsync(isFull);
        metrics.RecordBehind(active.Values.Sum(delivery => delivery.Behind));
    }

    /// <summary>Waits for the senders.</summary>
    public Task EndSendingAsync() => Task.WhenAll(active.Values.Select(delivery => delivery.Sending));

    /// <summary>
    /// Saves all sequences and ends all leases, so that another instance continues at once.
    /// </summary>
    public Task ReleaseAllAsync() => SaveAsync(
        [.. active.Values.Where(delivery => !delivery.HasEnded).Select(Release)]);

    /// <summary>Finds due and new webhooks, and a part of all. At the start it finds all.</summary>
    async Task FindAsync()
    {
        FoundWebhook[] rows;

        do
        {
            rows = await find.FindAsync(newest, lastFound);

            foreach (var row in rows)
            {
                if (row.IsBehind)
                    dueAccounts.Add(row.AccountId);

                news.Add(row.AccountId, row.Id);
            }

            newest = Math.Max(newest, LastOf(rows, "new"));
            TakePart(Array.FindAll(rows, row => row.Kind == "part"));
        }
        while (rows.Count(row => row.Kind == "new") == FindWebhooksQuery.MaxRows);
    }

    static long LastOf(FoundWebhook[] rows, string kind) =>
        Array.FindLast(rows, row => row.Kind == kind)?.Id ?? 0;

    /// <summary>
    /// Adds the next part of all webhooks. After the last part, deleted ones are forgotten.
    /// </summary>
    void TakePart(FoundWebhook[] part)
    {
        found.UnionWith(part.Select(row => (row.AccountId, row.Id)));

        if (part.Length == FindWebhooksQuery.MaxRows)
        {
            lastFound = part[^1].Id;
            return;
        }

        news.Keep(found, newestAtStart);
        found.Clear();
        (lastFound, newestAtStart) = (0, newest);
    }

    void TakeNews()
    {
        var (accounts, changed) = news.Take();

        foreach (var account in accounts)
        {
            foreach (var webhook in news.WebhooksOf(account))
            {
                if (active.TryGetValue(webhook, out var delivery))
                    delivery.HasNews = true;
                else
                    dueAccounts.Add(account);
            }
        }

        foreach (var webhook in changed)
        {
            if (active.TryGetValue(webhook, out var delivery))
                delivery.IsInQuestion = true;
        }
    }

    async Task LeaseAsync()
    {
        var startedAt = time.GetTimestamp();
        long[] accounts =
        [
            .. dueAccounts.Where(account => !leaseTimes.TryGetValue(account, out var last)
                || time.GetElapsedTime(last, startedAt) >= LeaseInterval).Take(MaxPerQuery),
        ];

        if (accounts.Length == 0)
            return;

        foreach (var row in await lease.LeaseAsync(accounts, owner))
            active.TryAdd(row.Id, new WebhookDelivery(row, startedAt, time));

        foreach (var (account, last) in leaseTimes)
        {
            if (time.GetElapsedTime(last, startedAt) >= LeaseInterval)
                leaseTimes.Remove(account);
        }

        foreach (var account in accounts)
            leaseTimes[account] = startedAt;

        dueAccounts.ExceptWith(accounts);
    }

    async Task ReadAsync(bool isFull)
    {
        var wanted = active.Values.Where(delivery => !delivery.HasEnded
            && (delivery.IsInQuestion || (delivery.HasRoom && (isFull || delivery.HasNews))));

        foreach (var deliveries in wanted.ToArray().Chunk(MaxPerQuery))
        {
            // Whatever is posted from now on is news again.
            Array.ForEach(deliveries, delivery => delivery.HasNews = false);
            var rows = await read.ReadAsync(deliveries, owner);
            Array.ForEach(deliveries, delivery => delivery.IsInQuestion = false);

            foreach (var page in rows.GroupBy(row => row.Ordinal))
            {
                var delivery = deliveries[page.Key - 1];
                var count = 0;

                foreach (var item in page)
                {
                    delivery.Add(item);
                    count++;
                }

                delivery.HasNews |= count == ReadWebhooksQuery.MaxPageSize;
            }
        }
    }

    void Send(CancellationToken abort, CancellationToken ct)
    {
        foreach (var delivery in active.Values)
        {
            if (!delivery.IsSending && delivery.MaySend && delivery.Next is not null)
                delivery.Start(() => sender.SendAsync(delivery, abort, ct));
        }
    }

    async Task SaveAsync(bool isFull)
    {
        foreach (var delivery in active.Values.Where(one => one.HasEnded && !one.IsSending).ToArray())
            Remove(delivery);

        var progress = active.Values
            .Select(delivery => ProgressOf(delivery, isFull)).OfType<WebhookProgress>().ToArray();

        foreach (var part in progress.Chunk(MaxPerQuery))
            await SaveAsync(part);
    }

    async Task SaveAsync(WebhookProgress[] progress)
    {
        if (progress.Length == 0)
            return;

        var startedAt = time.GetTimestamp();
        var saved = (await save.SaveAsync(progress, owner)).ToDictionary(row => row.Id);

        foreach (var one in progress)
        {
            if (!saved.TryGetValue(one.Delivery.Id, out var row))
                one.Delivery.IsInQuestion = true;
            else if (one.IsReleased)
                Remove(one.Delivery);
            else
                one.Delivery.MarkSaved(one.Delivered, row, startedAt);
        }
    }

    /// <summary>
    /// Forgets a webhook. What was posted while it was released may have been left to it by others, so it is
    /// looked at again.
    /// </summary>
    void Remove(WebhookDelivery delivery)
    {
        active.Remove(delivery.Id);
        dueAccounts.Add(delivery.AccountId);
    }

    /// <summary>What has to be saved of a webhook; null if nothing.</summary>
    static WebhookProgress? ProgressOf(WebhookDelivery delivery, bool isFull) =>
        delivery is { Failure: not null, IsSending: false, HasEnded: false }
        || (isFull && delivery.IdleTime >= MaxIdleTime && delivery.Delivered == delivery.LastRead)
            ? Release(delivery)
        : isFull && (delivery.Delivered != delivery.Saved || delivery.LeaseAge >= RenewAfter)
            ? new WebhookProgress(delivery, delivery.Delivered, delivery.Attempts, delivery.Error)
            : null;

    static WebhookProgress Release(WebhookDelivery delivery)
    {
        var progress = new WebhookProgress(
            delivery, delivery.Delivered, delivery.Attempts, delivery.Error, IsReleased: true);

        return delivery.Failure is null ? progress
            : WebhookSchedule.DelayAfter(delivery) is { } delay ? progress with { Delay = delay }
            : progress with { IsDisabled = true };
    }
}
