using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>Under every fault a hold is placed, captured or released once.</summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class HoldFaultTests(BankServer server)
{
    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public async Task Hold_operations_take_effect_once_after_a_lost_response(string? key)
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var from = await customer.OpenAccountAsync(100m);
        var to = await customer.OpenAccountAsync();
        var captured = 0m;

        foreach (var point in Enum.GetValues<CutPoint>())
        {
            string? Key(string what) => key is null ? null : $"{key}-{what}-{point}";

            using var placed = await LoseResponseAsync(
                bank, point, () => customer.PlaceHoldAsync(from, to, 10m, key: Key("place")));
            placed.StatusCode.ShouldBe(HttpStatusCode.Created);
            (await customer.AvailableAsync(from)).ShouldBe(90m - captured);
            (await customer.Http.GetStringAsync(placed.Headers.Location))
                .ShouldBe(await placed.Content.ReadAsStringAsync());
            var hold = (await placed.JsonAsync()).GetProperty("id").GetGuid();

            using var capture = await LoseResponseAsync(
                bank, point, () => customer.CaptureAsync(hold, 4m, Key("capture")));
            capture.StatusCode.ShouldBe(HttpStatusCode.Created);
            captured += 4m;
            var transaction = await capture.JsonAsync();
            transaction.GetProperty("balance").GetDecimal().ShouldBe(captured);
            transaction.GetProperty("hold").GetGuid().ShouldBe(hold);
            (await bank.Ledger.TransactionAsync(transaction.GetProperty("id").GetGuid())).Amount.ShouldBe(4m);
            (await customer.AvailableAsync(from)).ShouldBe(100m - captured);

            var other = await customer.HoldAsync(from, to, 10m);
            using var release = await LoseResponseAsync(
                bank, point, () => customer.ReleaseAsync(other, Key("release")));
            release.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await customer.AvailableAsync(from)).ShouldBe(100m - captured);

            using var capturedAgain = await customer.CaptureAsync(hold, 4m, Key("capture"));
            using var releasedAgain = await customer.ReleaseAsync(other, Key("release"));

            if (key is null)
            {
                await capturedAgain.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "hold_not_open");
                await releasedAgain.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "hold_not_open");
            }
            else
            {
                await capturedAgain.ShouldReplayAsync(capture);
                await releasedAgain.ShouldReplayAsync(release);
            }
        }

        var holds = await customer.Http.GetStringAsync($"/accounts/{from}/holds");
        JsonDocument.Parse(holds).RootElement.EnumerateArray()
            .Select(hold => hold.GetProperty("status").GetString())
            .ShouldBe(["released", "captured", "released", "captured"]);
        (await bank.Ledger.TransactionsOfAsync(to)).Length.ShouldBe(2);
        await bank.Ledger.ShouldHoldAsync(from, to);
    }

    [Fact]
    public async Task Refused_hold_operation_replays_after_a_lost_response()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var from = await customer.OpenAccountAsync(10m);
        var to = await customer.OpenAccountAsync();
        var hold = await customer.HoldAsync(from, to, 6m);

        foreach (var point in Enum.GetValues<CutPoint>())
        {
            using var placed = await LoseResponseAsync(
                bank, point, () => customer.PlaceHoldAsync(from, to, 4.01m, key: $"place-{point}"));
            using var capture = await LoseResponseAsync(
                bank, point, () => customer.CaptureAsync(hold, 6.01m, $"capture-{point}"));
            using var placedAgain = await customer.PlaceHoldAsync(from, to, 4.01m, key: $"place-{point}");
            using var capturedAgain = await customer.CaptureAsync(hold, 6.01m, $"capture-{point}");

            await placed.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
            await capture.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "capture_exceeds_hold");
            await placedAgain.ShouldReplayAsync(placed);
            await capturedAgain.ShouldReplayAsync(capture);
        }

        (await customer.AvailableAsync(from)).ShouldBe(4m);
        await bank.Ledger.ShouldHoldAsync(from, to);
    }

    [Fact]
    public async Task Hold_in_doubt_reported_as_not_found_reserves_no_money()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var from = await customer.OpenAccountAsync(10m);
        var to = await customer.OpenAccountAsync();

        var stalled = bank.Proxy.StallNextQuery();
        var answer = customer.PlaceHoldAsync(from, to, 6m);
        await stalled.Arrived;
        bank.Proxy.Stall();
        using var response = await answer;
        bank.Proxy.Resume();
        var problem = await response.ShouldBeProblemAsync(
            HttpStatusCode.ServiceUnavailable, "outcome_unknown");
        var detail = problem.GetProperty("detail").GetString()!;
        var id = Regex.Match(detail, "GET /holds/([0-9a-f-]{36})").Groups[1].Value;
        await Eventually.TrueAsync(
            async () =>
            {
                using var asked = await customer.Http.GetAsync($"/holds/{id}");
                asked.StatusCode.ShouldBeOneOf(HttpStatusCode.ServiceUnavailable, HttpStatusCode.NotFound);
                return asked.StatusCode == HttpStatusCode.NotFound;
            },
            "the outcome is known");
        await stalled.ResumeAsync();
        bank.Proxy.Cut();

        (await customer.AvailableAsync(from)).ShouldBe(10m);
        await bank.Ledger.ShouldHoldAsync(from, to);
    }

    /// <summary>Sends a request whose first query loses its response.</summary>
    static async Task<HttpResponseMessage> LoseResponseAsync(
        BankBehindProxy bank, CutPoint point, Func<Task<HttpResponseMessage>> send)
    {
        var cut = bank.Proxy.CutOnceAsync(point);
        var response = await send();
        cut.IsCompletedSuccessfully.ShouldBeTrue("the response was not lost");

        return response;
    }
}
