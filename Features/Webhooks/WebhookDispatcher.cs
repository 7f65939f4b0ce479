using Bank.Infrastructure.Data;
using Bank.Infrastructure.GroupCommit;
using Npgsql;

namespace Bank.Features.Webhooks;

/// <summary>
/// Delivers the transactions of accounts to their webhooks. In rounds it leases webhooks that have something
/// to deliver, reads the ledger behind what they have, and saves how far they are, each in one query for
/// many. A round begins when something happens, and once a second. The ledger is the queue: nothing else is
/// written for a posting.
/// </summary>
sealed partial class WebhookDispatcher(
    WebhookWork work, WebhookSecrets secrets, WebhookNews news, WebhookPace pace, PostedCommands posted,
    TimeProvider time, DatabaseOutageLog outageLog, ILogger<WebhookDispatcher> log) : BackgroundService
{
    /// <summary>How often everything is looked at.</summary>
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The pause between rounds, during which news gather for the next one.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The same while money movements go first.</summary>
    static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(200);

    /// <summary>How long requests in flight may take when the instance stops.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!secrets.AreEnabled)
            return;

        posted.Posted += news.RecordPosting;
        posted.Posted += pace.RecordPosting;
        using var abort = new CancellationTokenSource();
        long? fullAt = null;

        while (!stoppingToken.IsCancellationRequested)
        {
            var isFull = fullAt is not { } last || time.GetElapsedTime(last) >= Interval;
            fullAt = isFull ? time.GetTimestamp() : fullAt;
            await RunRoundAsync(isFull, abort.Token, stoppingToken);
            await WaitAsync(stoppingToken);
        }

        abort.CancelAfter(Grace);
        await work.EndSendingAsync();
        await RunAsync(() => work.ReleaseAllAsync());
    }

    async Task RunRoundAsync(bool isFull, CancellationToken abort, CancellationToken ct)
    {
        pace.Update();

        if (!await RunAsync(() => work.RunRoundAsync(isFull, abort, ct)))
            await PauseAsync(Interval, ct);
    }

    /// <summary>Runs queries; false if they failed.</summary>
    async Task<bool> RunAsync(Func<Task> queries)
    {
        try
        {
            await queries();
            return true;
        }
        catch (Exception outage) when (outage is NpgsqlException or UnconfirmedCommitException)
        {
            outageLog.ReportFailure(outage);
        }
        catch (Exception error)
        {
            LogFailure(error);
        }

        return false;
    }

    async Task WaitAsync(CancellationToken ct)
    {
        await PauseAsync(pace.IsBusy ? BusyPause : Pause, ct);

        if (!pace.IsBusy && !ct.IsCancellationRequested)
            await news.WaitAsync(Interval, time, ct);
    }

    async Task PauseAsync(TimeSpan pause, CancellationToken ct) =>
        await Task.Delay(pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(53, LogLevel.Error, "Could not work on webhooks")]
    partial void LogFailure(Exception error);
}
