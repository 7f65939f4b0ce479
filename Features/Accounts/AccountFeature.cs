using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;

namespace Bank.Features.Accounts;

/// <summary>Registers the options of accounts.</summary>
sealed class AccountFeature : IFeature
{
    public void AddServices(IServiceCollection services) => services.AddSettings<AccountOptions>();
}
