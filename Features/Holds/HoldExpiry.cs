using Bank.Infrastructure.Data;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Holds;

/// <summary>
/// Expires holds once a second. A hold is over by the clock, and a debit that needs the held money expires it
/// at once.
/// </summary>
sealed partial class HoldExpiry(IServiceScopeFactory scopes, ILogger<HoldExpiry> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ExpireAsync(stoppingToken);
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested)
            {
                LogAway(away.Message);
            }
        }
    }

    async Task ExpireAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await ExpireHoldsQuery.ExpireAsync(scope.ServiceProvider.GetRequiredService<BankDb>(), ct);
    }

    [LoggerMessage(51, LogLevel.Debug, "Could not expire holds; the next run tries again: {Reason}")]
    partial void LogAway(string reason);
}
