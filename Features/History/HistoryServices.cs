using Bank.Infrastructure.Data;

namespace Bank.Features.History;

/// <summary>Registers what tells histories as they happen.</summary>
static class HistoryServices
{
    public static IServiceCollection AddHistoryFeed(this IServiceCollection services) => services
        .AddSettings<HistoryFeedOptions>("Live")
        .AddSingleton<HistoryFeed>()
        .AddHostedService(provider => provider.GetRequiredService<HistoryFeed>());
}
