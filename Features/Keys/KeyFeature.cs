using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;

namespace Bank.Features.Keys;

/// <summary>Registers the options of keys.</summary>
sealed class KeyFeature : IFeature
{
    public void AddServices(IServiceCollection services) => services.AddSettings<KeyOptions>();
}
