using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LinqToDB.Extensions.DependencyInjection;

public static class ServiceConfigurationExtensions
{
    /// <summary>Registers the context and its <see cref="DataOptions{T}"/>, one of each per scope unless told otherwise.</summary>
    public static IServiceCollection AddLinqToDBContext<TContext>(
        this IServiceCollection serviceCollection,
        Func<IServiceProvider, DataOptions, DataOptions> configure,
        ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where TContext : IDataContext
    {
        serviceCollection.TryAdd(new ServiceDescriptor(typeof(TContext), typeof(TContext), lifetime));
        serviceCollection.TryAdd(new ServiceDescriptor(
            typeof(DataOptions<TContext>),
            provider => new DataOptions<TContext>(configure(provider, new DataOptions())),
            lifetime));

        return serviceCollection;
    }
}
