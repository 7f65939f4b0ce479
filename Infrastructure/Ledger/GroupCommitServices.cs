namespace Bank.Infrastructure.Ledger;

/// <summary>Registers the group commit of each money slice.</summary>
static class GroupCommitServices
{
    public static IServiceCollection AddGroupCommit(this IServiceCollection services) =>
        services
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new MoneyConverter()))
            .AddSingleton<LedgerSessions>();

    /// <summary>A slice that moves money: its command, its outcomes and its statement.</summary>
    public static IServiceCollection AddMoneySlice<TCommand, TOutcome, TStatement>(
        this IServiceCollection services)
        where TOutcome : struct, Enum
        where TStatement : class, IMoneyStatement<TCommand, TOutcome> => services
            .AddSingleton<IMoneyStatement<TCommand, TOutcome>, TStatement>()
            .AddSingleton<GroupCommit<TCommand, TOutcome>>()
            .AddHostedService(provider => provider.GetRequiredService<GroupCommit<TCommand, TOutcome>>());
}
