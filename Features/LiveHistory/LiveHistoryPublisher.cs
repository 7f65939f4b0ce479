using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Ledger;
using Npgsql;

namespace Bank.Features.LiveHistory;

/// <summary>
/// Publishes posted transactions to subscribers, in the order of the account's sequence. One query reads for
/// many subscribers: at once for accounts that this instance posted to, and every <see
/// cref="LiveHistoryOptions.PollInterval"/> for all. It reads what follows the last published transaction, so
/// nothing is skipped or repeated, however long the database or the subscriber was away. For a posting it
/// costs one check whether its accounts have subscribers.
/// </summary>
sealed partial class LiveHistoryPublisher : BackgroundService, IHostedLifecycleService
{
    /// <summary>The most subscribers in a query, which then takes some milliseconds.</summary>
    const int MaxPerQuery = 1_000;

    /// <summary>The most subscribers whose regular poll is scheduled at once.</summary>
    const int MaxPerPart = 500;

    /// <summary>The pause between queries, during which subscribers gather for the next one.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The further pause for each subscriber that got a page. Under load more transactions then share a page,
    /// and fewer writes take CPU time from postings.
    /// </summary>
    static readonly TimeSpan PausePerPage = TimeSpan.FromMilliseconds(4) / Environment.ProcessorCount;

    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly Channel<LiveHistorySubscriber> scheduled = Channel.CreateUnbounded<LiveHistorySubscriber>(
        new UnboundedChannelOptions { SingleReader = true });

    readonly LiveHistoryQuery query;
    readonly PostedCommands posted;
    readonly LiveHistoryOptions options;
    readonly TimeProvider time;
    readonly DatabaseOutageLog outageLog;
    readonly ILogger<LiveHistoryPublisher> log;
    readonly LiveHistorySubscribers subscribers;
    long events;

    public LiveHistoryPublisher(
        LiveHistoryQuery query, PostedCommands posted, LiveHistorySubscribers subscribers,
        LiveHistoryOptions options, TimeProvider time, DatabaseOutageLog outageLog,
        IMeterFactory meters, ILogger<LiveHistoryPublisher> log)
    {
        (this.query, this.posted, this.options, this.time) = (query, posted, options, time);
        (this.subscribers, this.outageLog, this.log) = (subscribers, outageLog, log);
        var meter = meters.Create("Bank.History");
        meter.CreateObservableUpDownCounter(
            "bank.history.listeners", () => subscribers.Count, "{listener}",
            "Subscribers to live histories.");
        meter.CreateObservableCounter(
            "bank.history.events", () => Volatile.Read(ref events), "{event}",
            "Transactions published to subscribers.");
    }

    /// <exception cref="Bank.Infrastructure.Problems.ProblemException">
    /// The user or the instance has too many subscribers.
    /// </exception>
    public void Subscribe(LiveHistorySubscriber subscriber)
    {
        subscribers.Add(subscriber);
        Schedule(subscriber);
    }

    public void Unsubscribe(LiveHistorySubscriber subscriber) => subscribers.Remove(subscriber);

    /// <summary>Schedules a poll for a subscriber.</summary>
    public void Schedule(LiveHistorySubscriber subscriber)
    {
        if (subscriber.TrySchedule())
            scheduled.Writer.TryWrite(subscriber);
    }

    /// <summary>Ends all streams before the server stops, which waits for every response to end.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        subscribers.CompleteAll();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        posted.Posted += ScheduleSubscribers;
        return Task.WhenAll(PollScheduledAsync(stoppingToken), ScheduleAllAsync(stoppingToken));
    }

    /// <summary>Schedules subscribers to the command's accounts; without any it costs a comparison.</summary>
    void ScheduleSubscribers(MoneyCommand command)
    {
        if (subscribers.Count == 0)
            return;

        foreach (var account in command.AccountIds)
            Array.ForEach(subscribers.OfAccount(account), Schedule);
    }

    /// <summary>Schedules all subscribers, in parts spread over the interval to avoid bursts.</summary>
    async Task ScheduleAllAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var parts = 1 + subscribers.Count / MaxPerPart;
            var all = subscribers.All.ToArray();

            for (var part = 0; part < parts; part++)
            {
                var (start, end) = (all.Length * part / parts, all.Length * (part + 1) / parts);

                foreach (var subscriber in all[start..end])
                {
                    if (subscriber.SinceLastPoll >= options.PollInterval / 2)
                        Schedule(subscriber);
                }

                await Task.Delay(options.PollInterval / parts, time, ct);
            }
        }
    }

    async Task PollScheduledAsync(CancellationToken ct)
    {
        while (await scheduled.Reader.WaitToReadAsync(ct))
        {
            var published = await PollAsync(TakeScheduled(), ct);
            await Task.Delay(Pause + published * PausePerPage, time, ct);
        }
    }

    /// <summary>Takes the scheduled subscribers with room. The others are scheduled again later.</summary>
    List<LiveHistorySubscriber> TakeScheduled()
    {
        var taken = new List<LiveHistorySubscriber>();

        while (taken.Count < MaxPerQuery && scheduled.Reader.TryRead(out var subscriber))
        {
            subscriber.MarkPolled();

            if (subscriber.Caller.ExpiresAt <= time.GetUtcNow())
                subscriber.Complete();
            else if (subscriber.HasRoom)
                taken.Add(subscriber);
        }

        return taken;
    }

    /// <summary>Reads and publishes what is new, and returns how many subscribers got a page.</summary>
    async Task<int> PollAsync(List<LiveHistorySubscriber> taken, CancellationToken ct)
    {
        var pages = taken.Count > 0 ? await ReadAsync(taken, ct) : [];

        foreach (var (subscriber, page) in taken.Zip(pages))
            Publish(subscriber, page);

        return pages.Count(page => page is { Length: > 0 });
    }

    void Publish(LiveHistorySubscriber subscriber, Transaction[]? page)
    {
        if (page is { Length: 0 })
            subscriber.Complete();
        else if (page is not null)
            subscriber.TryPublish(page);
        else if (subscriber.IdleTime >= options.HeartbeatInterval)
            subscriber.TryPublish([]);

        Interlocked.Add(ref events, page?.Length ?? 0);
    }

    /// <summary>The new pages; none during a database outage.</summary>
    async Task<Transaction[]?[]> ReadAsync(List<LiveHistorySubscriber> taken, CancellationToken ct)
    {
        try
        {
            return await query.ReadAsync(taken);
        }
        catch (NpgsqlException outage)
        {
            outageLog.ReportFailure(outage);
        }
        catch (Exception error)
        {
            LogReadFailure(error);
        }

        await Task.Delay(RetryAfter, time, ct);
        return new Transaction[]?[taken.Count];
    }

    [LoggerMessage(52, LogLevel.Error, "Could not read new transactions for subscribers")]
    partial void LogReadFailure(Exception error);
}
