using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;
using Bank.Infrastructure.Http;

namespace Bank.Features.Webhooks;

/// <summary>Registers the delivery of webhooks.</summary>
sealed class WebhookFeature : IFeature
{
    public void AddServices(IServiceCollection services) => services
        .AddSettings<WebhookOptions>()
        .AddSettings<WebhookLimitOptions>()
        .AddSingleton<WebhookSecrets>()
        .AddSingleton<WebhookAddresses>()
        .AddSingleton<WebhookClient>()
        .AddSingleton<WebhookSlots>()
        .AddSingleton<WebhookPace>()
        .AddSingleton<WebhookNews>()
        .AddSingleton<WebhookMetrics>()
        .AddSingleton<WebhookSender>()
        .AddSingleton<WebhookWork>()
        .AddSingleton(provider => ReservedFiles(provider.GetRequiredService<WebhookOptions>()))
        .AddHostedService<WebhookDispatcher>();

    static ReservedFiles ReservedFiles(WebhookOptions options) =>
        new(options.AreEnabled ? options.MaxRequests : 0);
}
