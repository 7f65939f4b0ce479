using System.Net;
using Bank.Features.Holds;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Holds;

public sealed class PlaceHoldTests(BankServer bank)
{
    [Fact]
    public async Task A_hold_reduces_the_available_amount_and_moves_no_money()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(0m);

        using var response = await payer.PostAsync(
            "/holds",
            $$"""{"from": {{from[0]}}, "to": {{to[0]}}, "amount": 30, "expires_in": 60, "reference": "x"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var hold = await response.JsonAsync();
        hold.Names().ShouldBe(
            ["id", "from", "to", "amount", "status", "expires_at", "created_at", "reference"]);
        hold.GetProperty("amount").GetRawText().ShouldBe("30.00");
        hold.GetProperty("status").GetString().ShouldBe("held");
        hold.GetProperty("expires_at").GetDateTimeOffset()
            .ShouldBe(hold.GetProperty("created_at").GetDateTimeOffset().AddSeconds(60));
        (await payer.BalanceAsync(from[0])).ShouldBe(100m);
        (await payer.AvailableAsync(from[0])).ShouldBe(70m);
        (await payee.AvailableAsync(to[0])).ShouldBe(0m);
        foreach (var side in new[] { payer, payee })
            (await side.Http.GetStringAsync(response.Headers.Location))
                .ShouldBe(await response.Content.ReadAsStringAsync());
        await bank.Ledger.ShouldHoldAsync([.. from, .. to]);
    }

    [Fact]
    public async Task A_hold_expires_after_a_week_by_default()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);

        using var response = await customer.PlaceHoldAsync(accounts[0], accounts[1], 1m);

        var hold = await response.JsonAsync();
        hold.GetProperty("expires_at").GetDateTimeOffset()
            .ShouldBe(hold.GetProperty("created_at").GetDateTimeOffset().AddDays(7));
    }

    [Fact]
    public async Task A_hold_of_accounts_ahead_of_the_clock_ends_by_the_clock()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(0m);
        await bank.Database.ExecuteAsync(
            "UPDATE accounts SET posted_at = now() + interval '10 years' WHERE id = ANY ($1)",
            [new[] { from[0], to[0] }]);

        using var placed = await payer.PlaceHoldAsync(from[0], to[0], 10m, expires_in: 1, key: "ahead");
        using var again = await payer.PlaceHoldAsync(from[0], to[0], 10m, expires_in: 1, key: "ahead");
        var captured = await payer.HoldAsync(from[0], to[0], 20m, expires_in: 60);
        using var capture = await payee.CaptureAsync(captured, key: "ahead");
        using var captureAgain = await payee.CaptureAsync(captured, key: "ahead");

        var hold = await placed.JsonAsync();
        hold.GetProperty("created_at").ShouldBeUtcNow();
        hold.GetProperty("expires_at").GetDateTimeOffset()
            .ShouldBe(hold.GetProperty("created_at").GetDateTimeOffset().AddSeconds(1));
        (await again.Content.ReadAsStringAsync()).ShouldBe(await placed.Content.ReadAsStringAsync());
        (await captureAgain.Content.ReadAsStringAsync()).ShouldBe(await capture.Content.ReadAsStringAsync());
        (await capture.JsonAsync()).GetProperty("created_at").GetDateTimeOffset()
            .ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddYears(9));
        await Eventually.TrueAsync(
            async () => await payer.AvailableAsync(from[0]) == 80m, "the hold is over");
        using var withdrawal = await payer.WithdrawAsync(from[0], 80m);
        withdrawal.StatusCode.ShouldBe(HttpStatusCode.Created);
        await bank.Ledger.ShouldHoldAsync([.. from, .. to]);
    }

    [Fact]
    public async Task Withdrawals_transfers_and_holds_respect_held_amounts()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        await customer.HoldAsync(accounts[0], accounts[1], 60m);

        using var withdrawal = await customer.WithdrawAsync(accounts[0], 40.01m);
        using var transfer = await customer.TransferAsync(accounts[0], accounts[1], 40.01m);
        using var hold = await customer.PlaceHoldAsync(accounts[0], accounts[1], 40.01m);
        using var rest = await customer.WithdrawAsync(accounts[0], 40m);

        foreach (var refused in new[] { withdrawal, transfer, hold })
            await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        rest.StatusCode.ShouldBe(HttpStatusCode.Created);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Concurrent_holds_and_debits_never_exceed_the_balance()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);

        var responses = await Burst.OfAsync(60, index => (index % 3) switch
        {
            0 => customer.PlaceHoldAsync(accounts[0], accounts[1], 10m),
            1 => customer.WithdrawAsync(accounts[0], 10m),
            _ => customer.TransferAsync(accounts[0], accounts[1], 10m),
        });

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(10);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await customer.AvailableAsync(accounts[0])).ShouldBe(0m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData(true, false, "source_not_found")]
    [InlineData(false, true, "target_not_found")]
    public async Task A_hold_on_or_for_an_unknown_account_is_not_found(
        bool noSource, bool noTarget, string code)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var (_, others) = await bank.RegisterAsync(100m);

        using var response = await customer.PlaceHoldAsync(
            noSource ? others[0] : accounts[0], noTarget ? long.MaxValue : accounts[1], 1m);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, code);
        await bank.Ledger.ShouldHoldAsync([.. accounts, .. others]);
    }

    [Fact]
    public async Task A_hold_for_a_closed_account_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        (await customer.Http.DeleteAsync($"/accounts/{accounts[1]}")).EnsureSuccessStatusCode();

        using var response = await customer.PlaceHoldAsync(accounts[0], accounts[1], 1m);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_closed");
        (await customer.AvailableAsync(accounts[0])).ShouldBe(100m);
    }

    [Theory]
    [InlineData("\"to\": 1, \"amount\": 1", "from")]
    [InlineData("\"from\": 1, \"amount\": 1", "to")]
    [InlineData("\"from\": 1, \"to\": 1, \"amount\": 1", "to")]
    [InlineData("\"from\": 1, \"to\": 2", "amount")]
    [InlineData("\"from\": 1, \"to\": 2, \"amount\": 0.005", "amount")]
    [InlineData("\"from\": 1, \"to\": 2, \"amount\": 1, \"expires_in\": 0", "expires_in")]
    [InlineData("\"from\": 1, \"to\": 2, \"amount\": 1, \"expires_in\": 2592001", "expires_in")]
    [InlineData("\"from\": 1, \"to\": 2, \"amount\": 1, \"reference\": \"\"", "reference")]
    public async Task An_invalid_hold_is_refused(string members, string field)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync("/holds", $"{{{members}}}");

        await response.ShouldRefuseFieldAsync(field);
    }

    [Fact]
    public async Task Placing_a_hold_requires_authentication()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.PostAsync(
            "/holds",
            new StringContent("""{"from": 1, "to": 2, "amount": 1}""", mediaType: new("application/json")));

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Concurrent_requests_with_one_key_place_one_hold()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);

        var responses = await Burst.OfAsync(
            10, _ => customer.PlaceHoldAsync(accounts[0], accounts[1], 10m, key: "hold"));

        var bodies = await Task.WhenAll(responses.Select(response => response.Content.ReadAsStringAsync()));
        bodies.Distinct().ShouldHaveSingleItem();
        responses.Count(response => response.Headers.Contains("Idempotent-Replayed")).ShouldBe(9);
        (await customer.AvailableAsync(accounts[0])).ShouldBe(90m);
    }

    [Fact]
    public Task Hold_query_cost_is_linear_in_the_group_size() => bank.ShouldBeLinearAsync(
        typeof(PlaceHoldQuery), ["from", "to"], "", ("seconds", "integer[]", (_, _) => 60));
}
