using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>Registers the ledger, and the statement of each money slice.</summary>
static class LedgerServices
{
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        foreach (var statement in typeof(LedgerServices).Assembly.GetTypes().Where(IsMoneyStatement))
            services.AddSingleton(typeof(IMoneyStatement), statement);

        return services
            .AddSettings<GroupCommitOptions>("GroupCommit")
            .AddSettings<IdempotencyOptions>("Idempotency")
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new MoneyConverter()))
            .AddMetrics()
            .AddSingleton<LedgerMetrics>()
            .AddSingleton<PostedCommands>()
            .AddSingleton<LedgerSessions>()
            .AddSingleton<UnsettledCommands>()
            .AddScoped<UnsettledQuery>()
            .AddSingleton<CallersInFlight>()
            .AddSingleton<Recovery>()
            .AddSingleton<GroupCommit>()
            .AddHostedService(provider => provider.GetRequiredService<GroupCommit>())
            .AddSingleton<ExpiredKeys>()
            .AddHostedService(provider => provider.GetRequiredService<ExpiredKeys>());
    }

    static bool IsMoneyStatement(Type type) =>
        type.IsClass && typeof(IMoneyStatement).IsAssignableFrom(type);
}
