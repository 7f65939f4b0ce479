namespace Bank.Infrastructure.Data;

/// <summary>
/// Registers the queries: whatever is built on a connection to the ledger and says so in its name.
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
        && type.GetConstructors().SelectMany(constructor => constructor.GetParameters())
            .Any(parameter => parameter.ParameterType == typeof(BankDb));
}
