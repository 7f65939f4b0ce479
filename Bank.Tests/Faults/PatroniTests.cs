using System.Globalization;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Faults;

/// <summary>
/// Three servers under Patroni lose their primary in every way while money moves: ten times each, or as often
/// as the environment variable BANK_PATRONI says. An explicit test, not part of a normal run.
/// </summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class PatroniTests(ITestOutputHelper output)
{
    static readonly int Times = int.Parse(
        Environment.GetEnvironmentVariable("BANK_PATRONI") ?? "10", CultureInfo.InvariantCulture);

    readonly List<string> figures = [];

    [Fact(Explicit = true)]
    public async Task Ledger_matches_all_responses_after_Patroni_failovers()
    {
        Assert.SkipUnless(PatroniCluster.IsInstalled, "Patroni or etcd is missing.");
        await using var cluster = await PatroniCluster.StartAsync();
        var primary = await cluster.WaitUntilHealthyAsync();
        await ExecuteAsync(primary, "CREATE DATABASE bank");
        await using var bank = await BankProcess.StartAsync(
            cluster.ConnectionString("bank"), "Limits:RequestsPerUser=0", "Database:CommitTimeout=00:00:30");

        await LoseAsync(cluster, bank, "kill", node => Done(node.Kill), node => node.Start());
        await LoseAsync(cluster, bank, "freeze", node => Done(node.Freeze), node => node.Thaw());
        await LoseAsync(cluster, bank, "hung agent", node => Done(node.FreezeAgent), node => node.Thaw());
        await LoseAsync(cluster, bank, "switchover", cluster.SwitchOverAsync, _ => { });

        figures.ForEach(output.WriteLine);
    }

    /// <summary>Loses the primary repeatedly; each time money moves again and the old one follows.</summary>
    async Task LoseAsync(
        PatroniCluster cluster, BankProcess bank, string how, Func<PatroniNode, Task> lose,
        Action<PatroniNode> bringBack)
    {
        var primary = await cluster.WaitUntilHealthyAsync();
        var customers = await SimulatedCustomers.OpenAsync(LedgerOf(primary), bank.Address, accounts: 16);
        var traffic = new Traffic(customers.Clients(32, bank.Address));
        var pauses = new List<double>();

        for (var time = 1; time <= Times; time++)
        {
            await traffic.PostMoreAsync(200);
            _ = traffic.TakeLongestPause();
            await lose(primary);
            await cluster.WaitForFailoverAsync(primary);
            await traffic.PostMoreAsync(200);
            bringBack(primary);
            primary = await cluster.WaitUntilHealthyAsync();
            await traffic.PostMoreAsync(200);
            pauses.Add(traffic.TakeLongestPause().TotalSeconds);
            output.WriteLine($"{DateTimeOffset.UtcNow:T} {how} {time}: {pauses[^1]:F1} s");
        }

        var attempts = await traffic.StopAsync();
        await customers.ShouldMatchLedgerAsync(attempts, LedgerOf(await cluster.WaitUntilHealthyAsync()));
        var posted = attempts.Count(attempt => attempt.IsPosted);
        var retried = attempts.Count(attempt => attempt.Replies[0].NeedsRetry);
        pauses.Sort();
        figures.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"| {how} | {Times} | {pauses[Times / 2]:F1} s | {pauses[^1]:F1} s "
            + $"| {posted:N0} | {retried:N0} |"));
    }

    static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    static RecordedLedger LedgerOf(PatroniNode node) =>
        new(NpgsqlDataSource.Create(PatroniCluster.At(node, "bank")));

    static async Task ExecuteAsync(PatroniNode node, string sql)
    {
        await using var source = NpgsqlDataSource.Create(PatroniCluster.At(node, "postgres"));
        await source.ExecuteAsync(sql);
    }
}
