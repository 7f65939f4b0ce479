namespace Bank.Infrastructure.Data;

/// <summary>
/// Registers the queries: every class named <c>…Query</c> whose constructor takes a <see cref="BankDb"/>
/// (scoped) or a <see cref="BankDbPool"/> (singleton).
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
