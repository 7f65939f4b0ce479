using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;

namespace Bank.Features.Users;

/// <summary>Registers the options of users.</summary>
sealed class UserFeature : IFeature
{
    public void AddServices(IServiceCollection services) => services.AddSettings<UserOptions>();
}
