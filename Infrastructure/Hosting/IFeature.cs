namespace Bank.Infrastructure.Hosting;

/// <summary>
/// What a feature needs beyond its endpoints, validators and queries, which are found without it. Every
/// implementation is found as well, so that the program names no feature.
/// </summary>
interface IFeature
{
    void AddServices(IServiceCollection services);
}
