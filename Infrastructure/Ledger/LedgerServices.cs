using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>Registers the ledger, and the group commit of each money slice.</summary>
static class LedgerServices
{
    public static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSettings<GroupCommitOptions>("GroupCommit")
        .ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new MoneyConverter()))
        .AddSingleton<LedgerSessions>()
        .AddSingleton<UnsettledCommands>()
        .AddScoped<UnsettledQuery>()
        .AddSingleton<CallersInFlight>()
        .AddSingleton<Recovery>();

    /// <summary>A slice that moves money: its command and its statement.</summary>
    public static IServiceCollection AddMoneySlice<TCommand, TStatement>(this IServiceCollection services)
        where TCommand : MoneyCommand
        where TStatement : class, IMoneyStatement<TCommand> => services
            .AddSingleton<IMoneyStatement<TCommand>, TStatement>()
            .AddSingleton<GroupCommit<TCommand>>()
            .AddHostedService(provider => provider.GetRequiredService<GroupCommit<TCommand>>());
}
