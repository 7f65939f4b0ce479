using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.Idempotency;

/// <summary>Removes expired idempotency keys in small steps, so that other queries run in between.</summary>
sealed partial class ExpiredKeys(
    IServiceScopeFactory scopes, IdempotencyOptions options, TimeProvider time, ILogger<ExpiredKeys> log)
    : BackgroundService
{
    /// <summary>A step reads one megabyte.</summary>
    const int PagesPerStep = 128;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Scans all keys once and returns how many were removed. A key has to be expired by the clock of the
    /// database and by that of this instance: a clock that is wrong keeps keys for longer and removes none
    /// early, after which a repeated request would move its money again.
    /// </summary>
    public async Task<long> RemoveAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var keys = scope.ServiceProvider.GetRequiredService<ExpiredKeysQuery>();
        var now = time.GetUtcNow();
        var removed = 0L;

        for (var (page, pages) = (0L, await keys.PagesAsync(ct)); page < pages; page += PagesPerStep)
        {
            removed += await keys.RemoveAsync(page, PagesPerStep, now, options.KeepFor, ct);
            await Task.Delay(Pause, ct);
        }

        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.ScanInterval, time);

        do
        {
            try
            {
                await RemoveAsync(stoppingToken);
            }
            catch (Exception failed) when (failed is NpgsqlException or UnconfirmedCommitException)
            {
                LogLater(failed);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(
        50, LogLevel.Warning, "Expired idempotency keys could not be removed; the next scan tries again")]
    partial void LogLater(Exception failed);
}
