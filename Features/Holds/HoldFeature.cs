using Bank.Infrastructure.Hosting;

namespace Bank.Features.Holds;

/// <summary>Registers the expiry of holds.</summary>
sealed class HoldFeature : IFeature
{
    public void AddServices(IServiceCollection services) => services.AddHostedService<HoldExpiry>();
}
