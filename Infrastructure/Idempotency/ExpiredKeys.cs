using Bank.Infrastructure.Data;
using Npgsql;

namespace Bank.Infrastructure.Idempotency;

/// <summary>Ends idempotency keys whose time is over, in small steps between which everyone else goes on.</summary>
sealed partial class ExpiredKeys(
    IServiceScopeFactory scopes, IdempotencyOptions options, TimeProvider time, ILogger<ExpiredKeys> log)
    : BackgroundService
{
    /// <summary>A step reads a megabyte.</summary>
    const int PagesAStep = 128;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks through all keys once, and answers how many were removed.</summary>
    public async Task<int> RemoveAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var keys = scope.ServiceProvider.GetRequiredService<ExpiredKeysQuery>();
        var before = time.GetUtcNow() - options.KeepFor;
        var removed = 0;

        for (var (page, pages) = (0L, await keys.PagesAsync(ct)); page < pages; page += PagesAStep)
        {
            removed += await keys.RemoveAsync(page, PagesAStep, before, ct);
            await Task.Delay(Pause, ct);
        }

        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.LookEvery, time);

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

    [LoggerMessage(LogLevel.Warning, "Idempotency keys whose time is over stay until the next look")]
    partial void LogLater(Exception failed);
}
