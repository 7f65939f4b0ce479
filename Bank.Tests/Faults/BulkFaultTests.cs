using System.Net;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>Faults during a bulk.</summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class BulkFaultTests(BankServer server)
{
    [Fact]
    public async Task Replayed_bulk_after_a_crash_posts_only_what_is_missing()
    {
        await using var database = await IsolatedDatabase.CreateAsync(server);
        var ledger = new RecordedLedger(database.Database);
        await using var crashing = await BankProcess.StartAsync(database.ConnectionString);
        var customer = await Customer.RegisterAsync(crashing.Address);
        var (from, locked, to) = (
            await customer.OpenAccountAsync(300m), await customer.OpenAccountAsync(300m),
            await customer.OpenAccountAsync());
        object[] transfers =
        [
            .. Enumerable.Range(0, 300)
                .Select(index => new { from = index % 2 == 0 ? from : locked, to, amount = 1m }),
        ];

        await using (await LockedAccounts.LockAsync(database.Database, locked))
        {
            var lost = customer.BulkAsync(transfers, "key");
            await Eventually.TrueAsync(
                async () => (await ledger.TransactionsOfAsync(from)).Length == 151, "a half of it is posted");
            crashing.Kill();
            await Should.ThrowAsync<HttpRequestException>(lost);
        }

        await using var next = await BankProcess.StartAsync(database.ConnectionString);
        customer = customer.At(next.Address);
        using var other = await customer.BulkAsync(transfers[1..], "key");
        using var repeat = await customer.BulkAsync(transfers, "key");
        using var again = await customer.BulkAsync(transfers, "key");

        await other.ShouldBeReusedAsync();
        var results = await ResultsAsync(repeat);
        results.Length.ShouldBe(300);
        results.ShouldAllBe(result => result.GetProperty("status").GetInt32() == 201);
        Ids(results).Distinct().Count().ShouldBe(300);
        repeat.Headers.Contains("Idempotent-Replayed").ShouldBeFalse("a half of it is new");
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await repeat.Content.ReadAsStringAsync());
        (await customer.BalanceAsync(to)).ShouldBe(300m);
        await ledger.ShouldHoldAsync(from, locked, to);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public async Task Bulk_is_posted_once_after_a_lost_database_response(string? key)
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "GroupCommit:MaxGroupSize=20");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var (from, to) = (await customer.OpenAccountAsync(1000m), await customer.OpenAccountAsync());
        var ids = new List<Guid>();

        foreach (var point in Enum.GetValues<CutPoint>())
        {
            var cut = bank.Proxy.CutOnceAsync(point);
            using var response = await SendAsync(point);
            cut.IsCompletedSuccessfully.ShouldBeTrue("nothing was lost");

            var results = await ResultsAsync(response);
            results.ShouldAllBe(result => result.GetProperty("status").GetInt32() == 201);
            ids.AddRange(Ids(results));
        }

        ids.Distinct().Count().ShouldBe(100);
        (await bank.Ledger.TransactionsOfAsync(from)).Length.ShouldBe(101);
        (await customer.BalanceAsync(to)).ShouldBe(100m);
        await bank.Ledger.ShouldHoldAsync(from, to);

        // With a key the cut hits the claim of the key, so that the client has to send the request again.
        async Task<HttpResponseMessage> SendAsync(CutPoint point)
        {
            var transfers = Enumerable.Repeat(new { from, to, amount = 1m }, 50);
            var response = await customer.BulkAsync(transfers, key is null ? null : $"{key}-{point}");

            if (key is null)
                return response;

            await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "database_unavailable");
            return await customer.BulkAsync(transfers, $"{key}-{point}");
        }
    }

    [Fact]
    public async Task Bulk_transfer_in_doubt_returns_the_id_to_ask_for()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var (from, to) = (await customer.OpenAccountAsync(10m), await customer.OpenAccountAsync());

        var stalled = bank.Proxy.StallNextQuery();
        var answer = customer.BulkAsync(Enumerable.Repeat(new { from, to, amount = 1m }, 2));
        await stalled.Arrived;
        bank.Proxy.Stall();
        using var response = await answer;
        bank.Proxy.Resume();

        var results = await ResultsAsync(response);
        results.Select(result => result.GetProperty("code").GetString())
            .ShouldBe(["outcome_unknown", "outcome_unknown"]);
        results.ShouldAllBe(result => result.GetProperty("status").GetInt32() == 503);

        foreach (var unknown in results)
        {
            var id = Reply.IdIn(unknown.GetProperty("detail").GetString()!);
            using var asked = await customer.WaitForOutcomeAsync(id!.Value);
            asked.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        await stalled.ResumeAsync();
        await bank.Ledger.ShouldHoldAsync(from, to);
    }

    static async Task<JsonElement[]> ResultsAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return [.. (await response.JsonAsync()).GetProperty("results").EnumerateArray()];
    }

    static IEnumerable<Guid> Ids(JsonElement[] results) =>
        results.Select(result => result.GetProperty("transaction").GetProperty("id").GetGuid());
}
