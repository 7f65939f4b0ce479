using System.Diagnostics;
using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>A server process freezes, as on a hanging disk, and cannot be terminated.</summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class FrozenSessionTests(BankServer server)
{
    [Fact]
    public async Task Frozen_database_session_delays_only_its_own_commands()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Database:CommitTimeout=00:00:04");
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync();
        var other = await customer.OpenAccountAsync();
        (await customer.DepositAsync(account, 1m)).Dispose();
        var session = await bank.Database.ScalarAsync<int>(
            """
            SELECT pid
            FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE '%WITH command AS%' AND pid <> pg_backend_pid()
            """);
        Assert.SkipUnless(
            Directory.Exists($"/proc/{session}"), "The server's processes are not on this machine.");

        await SignalAsync("STOP", session);

        try
        {
            var frozen = new Movement(null, account, 2m, null).SendAsync(customer);
            await Eventually.TrueAsync(async () => await InDoubtAsync(bank) == 1, "it is being looked for");

            for (var count = 1; count <= 20; count++)
                (await customer.DepositAsync(other, 1m)).StatusCode.ShouldBe(HttpStatusCode.Created);

            (await frozen).Code.ShouldBe("outcome_unknown");
            await Eventually.TrueAsync(
                () => bank.Output.Contains(
                    $"Cannot terminate the session {session}", StringComparison.Ordinal),
                "it is logged");
            using var asked = await customer.Http.GetAsync($"/transactions/{(await frozen).Id}");
            asked.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            await SignalAsync("CONT", session);
        }

        await Eventually.TrueAsync(async () => await InDoubtAsync(bank) is null, "it is settled");
        (await customer.BalanceAsync(other)).ShouldBe(20m);
        await bank.Ledger.ShouldHoldAsync(account, other);
    }

    static async Task<int?> InDoubtAsync(IsolatedBank bank)
    {
        using var client = bank.Anonymous();
        using var answer = await client.GetAsync("/health/ready");
        var body = await answer.JsonAsync();

        return body.TryGetProperty("unsettled", out var count) ? count.GetInt32() : null;
    }

    static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }
}
