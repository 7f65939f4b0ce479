using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Ledger;
using Npgsql;

namespace Bank.Features.LiveHistory;

/// <summary>
/// Tells all who listen what is posted to their accounts, in the order of its sequence, whoever posts it. One
/// statement reads for all of them: for those whose account this instance posted to at once, and for everyone
/// every <see cref="LiveHistoryOptions.LookEvery"/>. It reads what comes after what each was told, so that
/// nothing is left out and nothing comes twice, however long the database or the listener was away. Who posts
/// does nothing for it but to look whether somebody listens.
/// </summary>
sealed partial class LiveHistoryPublisher : BackgroundService, IHostedLifecycleService
{
    /// <summary>How many are looked at in one statement, which then takes some milliseconds.</summary>
    const int MostAtOnce = 1_000;

    /// <summary>How many become due at once for no other reason than that their turn came.</summary>
    const int LargestPart = 500;

    /// <summary>The pause between statements, in which what is due gathers for the next one.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How much longer it is for each who was told something: when much is posted, more of it comes together
    /// and fewer writes take time from those who post.
    /// </summary>
    static readonly TimeSpan PauseForEach = TimeSpan.FromMilliseconds(4) / Environment.ProcessorCount;

    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly Channel<LiveHistorySubscriber> due = Channel.CreateUnbounded<LiveHistorySubscriber>(
        new UnboundedChannelOptions { SingleReader = true });

    readonly LiveHistoryQuery query;
    readonly PostedCommands posted;
    readonly LiveHistoryOptions options;
    readonly DatabaseOutageLog absence;
    readonly ILogger<LiveHistoryPublisher> log;
    readonly LiveHistorySubscribers listeners;
    long events;

    public LiveHistoryPublisher(
        LiveHistoryQuery query, PostedCommands posted, LiveHistoryOptions options, DatabaseOutageLog absence,
        IMeterFactory meters, ILogger<LiveHistoryPublisher> log)
    {
        (this.query, this.posted, this.options) = (query, posted, options);
        (this.absence, this.log) = (absence, log);
        listeners = new LiveHistorySubscribers(options);
        var meter = meters.Create("Bank.History");
        meter.CreateObservableUpDownCounter(
            "bank.history.listeners", () => listeners.Count, "{listener}", "How many listen to a history.");
        meter.CreateObservableCounter(
            "bank.history.events", () => Volatile.Read(ref events), "{event}",
            "Transactions that were told to listeners.");
    }

    /// <summary>Begins to tell somebody.</summary>
    /// <exception cref="Bank.Infrastructure.Problems.ProblemException">Too many listen already.</exception>
    public void Begin(LiveHistorySubscriber listener)
    {
        listeners.Add(listener);
        Look(listener);
    }

    /// <summary>Tells somebody nothing more, after <see cref="Begin"/>.</summary>
    public void End(LiveHistorySubscriber listener) => listeners.Remove(listener);

    /// <summary>Looks soon whether there is more for somebody.</summary>
    public void Look(LiveHistorySubscriber listener)
    {
        if (listener.TryBecomeDue())
            due.Writer.TryWrite(listener);
    }

    /// <summary>Before anything else stops: whoever answers would wait for them.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        listeners.EndAll();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        posted.Posted += LookSoon;
        return Task.WhenAll(TellAsync(stoppingToken), LookAtAllAsync(stoppingToken));
    }

    /// <summary>
    /// Looks soon at those whose account was posted to; where nobody listens it costs a comparison.
    /// </summary>
    void LookSoon(MoneyCommand command)
    {
        if (listeners.Count == 0)
            return;

        foreach (var account in command.Accounts)
            Array.ForEach(listeners.Of(account), Look);
    }

    /// <summary>Looks at everyone in turn, a part at a time, so that many are no burst.</summary>
    async Task LookAtAllAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var parts = 1 + listeners.Count / LargestPart;
            var all = listeners.All.ToArray();

            for (var part = 0; part < parts; part++)
            {
                foreach (var listener in all[(all.Length * part / parts)..(all.Length * (part + 1) / parts)])
                {
                    if (listener.Unwatched >= options.LookEvery / 2)
                        Look(listener);
                }

                await Task.Delay(options.LookEvery / parts, ct);
            }
        }
    }

    async Task TellAsync(CancellationToken ct)
    {
        while (await due.Reader.WaitToReadAsync(ct))
        {
            var told = await TellAsync(TakeDue(), ct);
            await Task.Delay(Pause + told * PauseForEach, ct);
        }
    }

    /// <summary>Who is due and has room; who has none comes back when it has.</summary>
    List<LiveHistorySubscriber> TakeDue()
    {
        var taken = new List<LiveHistorySubscriber>();

        while (taken.Count < MostAtOnce && due.Reader.TryRead(out var listener))
        {
            listener.NoteLook();

            if (listener.HasRoom)
                taken.Add(listener);
        }

        return taken;
    }

    /// <summary>Tells those who are taken what is new.</summary>
    /// <returns>For how many of them there was something.</returns>
    async Task<int> TellAsync(List<LiveHistorySubscriber> taken, CancellationToken ct)
    {
        var pages = taken.Count > 0 ? await ReadAsync(taken, ct) : [];

        foreach (var (listener, page) in taken.Zip(pages))
        {
            if (page is { Length: 0 })
                listener.End();
            else if (page is not null)
                listener.Offer(page);
            else if (listener.Silence >= options.HeartbeatEvery)
                listener.Offer([]);

            Interlocked.Add(ref events, page?.Length ?? 0);
        }

        return pages.Count(page => page is { Length: > 0 });
    }

    /// <summary>What is new for each; nothing for anyone while the database is away.</summary>
    async Task<Transaction[]?[]> ReadAsync(List<LiveHistorySubscriber> taken, CancellationToken ct)
    {
        try
        {
            return await query.ReadAsync(taken);
        }
        catch (NpgsqlException away)
        {
            absence.ReportFailure(away);
        }
        catch (Exception fault)
        {
            LogFault(fault);
        }

        await Task.Delay(RetryAfter, ct);
        return new Transaction[]?[taken.Count];
    }

    [LoggerMessage(LogLevel.Error, "Could not read what is new for listeners")]
    partial void LogFault(Exception fault);
}
