namespace Bank.Infrastructure.Data;

/// <summary>
/// Registers the queries: whatever is built on a connection to the ledger and says so in its name. One that
/// reads for many at once is there once.
/// </summary>
static class QueryServices
{
    public static IServiceCollection AddQueries(this IServiceCollection services)
    {
        foreach (var type in typeof(QueryServices).Assembly.GetTypes())
        {
            if (IsQueryOn(typeof(BankDb), type))
                services.AddScoped(type);
            else if (IsQueryOn(typeof(BankDbPool), type))
                services.AddSingleton(type);
        }

        return services;
    }

    static bool IsQueryOn(Type connection, Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.Name.EndsWith("Query", StringComparison.Ordinal)
        && type.GetConstructors().SelectMany(constructor => constructor.GetParameters())
            .Any(parameter => parameter.ParameterType == connection);
}
