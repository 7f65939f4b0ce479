namespace Bank.Infrastructure.Data;

/// <summary>
/// Registers the queries of the slices, found by their name as FastEndpoints finds the endpoints.
/// </summary>
static class QueryServices
{
    public static IServiceCollection AddQueries(this IServiceCollection services)
    {
        foreach (var query in typeof(QueryServices).Assembly.GetTypes().Where(IsQuery))
            services.AddScoped(query);

        return services;
    }

    static bool IsQuery(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.Name.EndsWith("Query", StringComparison.Ordinal)
        && type.Namespace!.StartsWith("Bank.Features.", StringComparison.Ordinal);
}
