using System.Globalization;
using System.Net;

namespace Bank.Tests.Faults;

/// <summary>
/// Random faults while money moves: for a minute, or for as long as the environment variable BANK_SOAK says,
/// such as 00:30:00. BANK_SOAK_LOG names a file for a copy of the output.
/// </summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class SoakTests(ITestOutputHelper output)
{
    const int Clients = 96;

    static readonly TimeSpan Round = TimeSpan.FromSeconds(50);

    static readonly TimeSpan Length =
        TimeSpan.TryParse(
            Environment.GetEnvironmentVariable("BANK_SOAK"), CultureInfo.InvariantCulture, out var length)
            ? length
            : Round;

    [Fact]
    public async Task Ledger_matches_all_responses_under_random_faults()
    {
        await using var bank = await SoakTarget.StartAsync();
        var until = DateTimeOffset.UtcNow + Length;
        var random = new Random(1);
        var tally = new SoakTally();

        do
        {
            // Every round has its own customers, so that the check at its end stays small.
            var customers = await SimulatedCustomers.OpenAsync(bank.Ledger, bank.Apis[0], accounts: 32);
            var traffic = new Traffic(customers.Clients(Clients, hasKeys: true, [.. bank.Apis]));
            var endOfRound = DateTimeOffset.UtcNow + (Length < Round ? Length : Round);

            while (DateTimeOffset.UtcNow < endOfRound)
            {
                await traffic.PostMoreAsync(random.Next(50, 1000));
                await bank.FailAsync(customers, random);
            }

            await bank.HealAsync();
            await traffic.PostMoreAsync(100);
            var attempts = await traffic.StopAsync();
            attempts.ShouldAllBe(
                attempt => attempt.Replies.All(reply => reply.Status != HttpStatusCode.InternalServerError),
                bank.Errors);
            await customers.ShouldMatchLedgerAsync(attempts, bank.Ledger);
            tally.Add(attempts);
            Log($"{DateTimeOffset.UtcNow:T} {tally}\n{bank.Faults}");
        }
        while (DateTimeOffset.UtcNow < until);

        Log(await bank.VerifyAsync());
        tally.Posted.ShouldBeGreaterThan(0);
    }

    void Log(string line)
    {
        output.WriteLine(line);

        if (Environment.GetEnvironmentVariable("BANK_SOAK_LOG") is { Length: > 0 } log)
            File.AppendAllText(log, line + "\n");
    }
}
