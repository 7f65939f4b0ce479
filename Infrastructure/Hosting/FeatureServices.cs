namespace Bank.Infrastructure.Hosting;

/// <summary>Lets every <see cref="IFeature"/> register its services.</summary>
static class FeatureServices
{
    public static IServiceCollection AddFeatures(this IServiceCollection services)
    {
        var features = typeof(IFeature).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IFeature)));

        foreach (var feature in features)
            ((IFeature)Activator.CreateInstance(feature)!).AddServices(services);

        return services;
    }
}
