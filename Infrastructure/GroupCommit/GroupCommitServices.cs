using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Idempotency;
using Bank.Infrastructure.Ledger;

namespace Bank.Infrastructure.GroupCommit;

/// <summary>Registers the ledger and the group commit.</summary>
static class GroupCommitServices
{
    public static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSettings<GroupCommitOptions>()
        .AddSettings<IdempotencyOptions>()
        .ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new MoneyConverter()))
        .AddMetrics()
        .AddSingleton<GroupCommitMetrics>()
        .AddSingleton<PostedCommands>()
        .AddSingleton<ClockLog>()
        .AddSingleton<CommandQueue>()
        .AddSingleton<BackgroundSlots>()
        .AddSingleton<Watchdog>()
        .AddSingleton<GroupSender>()
        .AddSingleton<TakenCommands>()
        .AddScoped<InDoubtQuery>()
        .AddSingleton<InFlightLimiter>()
        .AddSingleton<InDoubtResolver>()
        .AddSingleton<GroupCommitter>()
        .AddHostedService(provider => provider.GetRequiredService<GroupCommitter>())
        .AddSingleton<ExpiredKeys>()
        .AddHostedService(provider => provider.GetRequiredService<ExpiredKeys>());
}
