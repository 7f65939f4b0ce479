using Bank.Infrastructure.Configuration;

namespace Bank.Features.LiveHistory;

/// <summary>Registers what tells histories as they happen.</summary>
static class LiveHistoryServices
{
    public static IServiceCollection AddHistoryFeed(this IServiceCollection services) => services
        .AddSettings<LiveHistoryOptions>("Live")
        .AddSingleton<LiveHistoryPublisher>()
        .AddHostedService(provider => provider.GetRequiredService<LiveHistoryPublisher>());
}
