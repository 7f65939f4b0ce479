using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>A subscriber receives every event exactly once, under every database fault.</summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class LiveHistoryTests(BankServer server)
{
    [Fact]
    public async Task Live_history_continues_in_sequence_after_database_crashes()
    {
        await using var postgres = await CrashingPostgres.StartAsync();
        await using var api = await BankProcess.StartAsync(
            postgres.ConnectionString, "Database:CommitTimeout=00:00:04");
        var customer = await Customer.RegisterAsync(api.Address);
        var account = await customer.OpenAccountAsync(1m);
        await using var live = await LiveHistoryClient.SubscribeAsync(customer, account, "0");
        (await live.SequencesAsync(1)).ShouldBe([1]);

        for (var crash = 2; crash <= 3; crash++)
        {
            await postgres.CrashAsync();
            await Eventually.TrueAsync(() => IsPostedAsync(customer, account, $"{crash}"), "it is posted");

            (await live.SequencesAsync(1)).ShouldBe([crash]);
        }
    }

    [Theory]
    [MemberData(nameof(HttpVersions.Both), MemberType = typeof(HttpVersions))]
    public async Task Live_history_sends_heartbeats_during_a_database_outage(string version)
    {
        HttpVersions.Speak(version);
        await using var bank = await BankBehindProxy.StartAsync(
            server, "Database:CommitTimeout=00:00:02", "Live:PollInterval=00:00:00.050",
            "Live:HeartbeatInterval=00:00:00.100");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync();
        using var response = await LiveHistoryClient.RequestAsync(customer, account);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());

        bank.Proxy.StartOutage();
        await Eventually.TrueAsync(() => bank.Api.Output.Contains("The database is away"), "it is noticed");
        var away = await ReadAsync(lines, 10);
        bank.Proxy.EndOutage();
        await Eventually.TrueAsync(() => IsPostedAsync(customer, account, "1"), "it is back");

        away.ShouldAllBe(line => line == ":" || line == "");
        await Eventually.TrueAsync(
            async () => await lines.ReadLineAsync() == "event: transaction", "it goes on");
    }

    static async Task<bool> IsPostedAsync(Customer customer, long account, string key)
    {
        using var response = await customer.DepositAsync(account, 1m, key);
        return response.IsSuccessStatusCode;
    }

    static async Task<string?[]> ReadAsync(StreamReader lines, int count)
    {
        var read = new string?[count];

        for (var index = 0; index < count; index++)
            read[index] = await lines.ReadLineAsync();

        return read;
    }
}
