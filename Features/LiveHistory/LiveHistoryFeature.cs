using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;

namespace Bank.Features.LiveHistory;

/// <summary>Registers the publisher of live histories.</summary>
sealed class LiveHistoryFeature : IFeature
{
    public void AddServices(IServiceCollection services) => services
        .AddSettings<LiveHistoryOptions>()
        .AddSingleton<LiveHistorySubscribers>()
        .AddSingleton<LiveHistoryPublisher>()
        .AddHostedService(provider => provider.GetRequiredService<LiveHistoryPublisher>());
}
