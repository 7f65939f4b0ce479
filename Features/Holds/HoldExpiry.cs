namespace Bank.Features.Holds;

/// <summary>
/// Tidies up once a second what has expired. Nothing that is decided waits for it but a debit that needs the
/// money: a hold is over by the clock.
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
                while (await ExpireAsync(stoppingToken)) { }
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested)
            {
                LogAway(away.Message);
            }
        }
    }

    async Task<bool> ExpireAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ExpireHoldsQuery>().ExpireAsync(ct);
    }

    [LoggerMessage(LogLevel.Debug, "Cannot tidy up expired holds now: {Reason}")]
    partial void LogAway(string reason);
}
