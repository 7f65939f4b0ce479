using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class CrashTests
{
    /// <summary>The database asks for commits that a crash forgets; the API does not.</summary>
    [Fact]
    public async Task Ledger_matches_all_responses_after_database_crashes()
    {
        await using var postgres = await CrashingPostgres.StartAsync();
        await postgres.Database.ExecuteAsync("ALTER SYSTEM SET synchronous_commit = off");
        await postgres.Database.ExecuteAsync("ALTER SYSTEM SET wal_writer_delay = '10s'");
        await postgres.Database.ExecuteAsync("SELECT pg_reload_conf()");
        await using var api = await BankProcess.StartAsync(
            postgres.ConnectionString, "Database:CommitTimeout=00:00:04");
        var customers = await SimulatedCustomers.OpenAsync(
            new RecordedLedger(postgres.Database), api.Address, accounts: 16);
        var traffic = new Traffic(customers.Clients(64, api.Address));

        for (var crash = 0; crash < 3; crash++)
        {
            await traffic.PostMoreAsync(100);
            await postgres.CrashAsync();
        }

        await traffic.PostMoreAsync(100);
        var attempts = await traffic.StopAsync();

        await customers.ShouldMatchLedgerAsync(attempts);
        postgres.Recoveries.ShouldBe(3);
    }
}
