using System.Net;
using Bank.Features.Holds;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Holds;

public sealed class CaptureHoldTests(BankServer bank)
{
    [Fact]
    public async Task A_partial_capture_frees_the_rest_at_once()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(5m);
        var hold = await payer.HoldAsync(from[0], to[0], 60m);

        using var response = await payee.CaptureAsync(hold, 40m);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var capture = await response.JsonAsync();
        capture.Names().ShouldBe(["id", "from", "to", "amount", "balance", "created_at", "hold"]);
        capture.GetProperty("amount").GetRawText().ShouldBe("40.00");
        capture.GetProperty("balance").GetRawText().ShouldBe("45.00");
        capture.GetProperty("hold").GetGuid().ShouldBe(hold);
        (await payee.Http.GetStringAsync(response.Headers.Location))
            .ShouldBe(await response.Content.ReadAsStringAsync());
        (await payer.HistoryAsync(from[0])).Last().GetProperty("hold").GetGuid().ShouldBe(hold);
        (await payer.BalanceAsync(from[0])).ShouldBe(60m);
        (await payer.AvailableAsync(from[0])).ShouldBe(60m);
        await bank.Ledger.ShouldHoldAsync([.. from, .. to]);
    }

    [Fact]
    public async Task A_capture_defaults_to_the_amount_and_reference_of_the_hold()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        using var placed = await customer.PostAsync(
            "/holds",
            $$"""{"from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": 60, "reference": "Hotel"}""");
        var hold = (await placed.JsonAsync()).GetProperty("id").GetGuid();

        using var response = await customer.CaptureAsync(hold);

        var capture = await response.JsonAsync();
        capture.GetProperty("amount").GetRawText().ShouldBe("60.00");
        capture.GetProperty("reference").GetString().ShouldBe("Hotel");
        (await customer.Http.GetStringAsync(response.Headers.Location))
            .ShouldBe(await response.Content.ReadAsStringAsync());
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    public async Task A_capture_without_a_body_takes_the_whole_hold(string? contentType)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var hold = await customer.HoldAsync(accounts[0], accounts[1], 60m);

        using var response = await customer.PostNothingAsync($"/holds/{hold}/capture", contentType);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("amount").GetRawText().ShouldBe("60.00");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Concurrent_captures_and_releases_end_a_hold_once()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var hold = await customer.HoldAsync(accounts[0], accounts[1], 60m);

        var responses = await Burst.OfAsync(
            30, index => index % 2 == 0 ? customer.CaptureAsync(hold, 10m) : customer.ReleaseAsync(hold));

        responses.Count(response => response.IsSuccessStatusCode).ShouldBe(1);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "hold_not_open");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Concurrent_captures_of_one_accounts_holds_all_succeed()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var holds = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => customer.HoldAsync(accounts[0], accounts[1], 5m)));

        var responses = await Burst.OfAsync(20, index => customer.CaptureAsync(holds[index], 4m));

        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
        (await customer.AvailableAsync(accounts[0])).ShouldBe(20m);
        (await customer.BalanceAsync(accounts[1])).ShouldBe(80m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_capture_above_the_held_amount_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var hold = await customer.HoldAsync(accounts[0], accounts[1], 60m);

        using var response = await customer.CaptureAsync(hold, 60.01m);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "capture_exceeds_hold");
        (await customer.AvailableAsync(accounts[0])).ShouldBe(40m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Only_the_payee_may_capture_a_hold()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (_, to) = await bank.RegisterAsync(0m);
        var stranger = await bank.RegisterAsync();
        var hold = await payer.HoldAsync(from[0], to[0], 60m);

        foreach (var other in new[] { payer, stranger })
        {
            using var response = await other.CaptureAsync(hold);
            await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "hold_not_found");
        }

        await bank.Ledger.ShouldHoldAsync([.. from, .. to]);
    }

    [Fact]
    public async Task An_expired_hold_is_not_captured_and_its_money_is_available()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var hold = await ExpiredAsync(customer, accounts, 60m);

        (await customer.AvailableAsync(accounts[0])).ShouldBe(100m);
        using var response = await customer.CaptureAsync(hold);
        using var withdrawal = await customer.WithdrawAsync(accounts[0], 100m);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "hold_not_open");
        withdrawal.StatusCode.ShouldBe(HttpStatusCode.Created);
        await Eventually.TrueAsync(
            async () => await bank.Database.ScalarAsync<string>(
                "SELECT status FROM holds WHERE id = $1", hold) == "expired",
            "it is tidied up");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_capture_into_a_closed_account_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var hold = await customer.HoldAsync(accounts[0], accounts[1], 60m);
        (await customer.Http.DeleteAsync($"/accounts/{accounts[1]}")).EnsureSuccessStatusCode();

        using var response = await customer.CaptureAsync(hold);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_closed");
    }

    [Fact]
    public async Task A_capture_beyond_the_balance_limit_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var hold = await customer.HoldAsync(accounts[0], accounts[1], 60m);
        await bank.Ledger.FundAsync(accounts[1], 9_999_999_999_999_989.99m);

        using var response = await customer.CaptureAsync(hold);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "balance_limit_exceeded");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task An_invalid_capture_is_refused()
    {
        var customer = await bank.RegisterAsync();

        using var amount = await customer.CaptureAsync(Guid.NewGuid(), 0.005m);
        using var reference = await customer.PostAsync(
            $"/holds/{Guid.NewGuid()}/capture", """{"reference": ""}""");
        using var key = await customer.CaptureAsync(Guid.NewGuid(), key: "two words");
        using var unknown = await customer.CaptureAsync(Guid.NewGuid());

        await amount.ShouldRefuseFieldAsync("amount");
        await reference.ShouldRefuseFieldAsync("reference");
        await key.ShouldRefuseFieldAsync("Idempotency-Key");
        await unknown.ShouldBeProblemAsync(HttpStatusCode.NotFound, "hold_not_found");
    }

    [Fact]
    public async Task A_replayed_capture_moves_money_once()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 7m);
        var hold = await customer.HoldAsync(accounts[0], accounts[1], 60m);

        using var first = await customer.CaptureAsync(hold, 10m, "key");
        using var again = await customer.CaptureAsync(hold, 10m, "key");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        again.Headers.Contains("Idempotent-Replayed").ShouldBeTrue();
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public Task Capture_query_cost_is_linear_in_the_group_size() => bank.ShouldBeLinearAsync(
        typeof(CaptureHoldQuery), ["from", "to"], Placed, ("holds", "uuid[]", Id),
        ("holdAmounts", "bigint[]", (_, _) => 1));

    /// <summary>Creates holds of one cent: 500 spread over 1000 accounts and 500 on two.</summary>
    internal const string Placed =
        """
        INSERT INTO holds (id, from_account_id, to_account_id, amount, created_at, expires_at)
        SELECT ('00000000-0000-0000-' || lpad(accounts::text, 4, '0')
                   || '-' || lpad(number::text, 12, '0'))::uuid,
               1 + 2 * number % accounts, 1 + (2 * number + 1) % accounts, 1, now(), now() + interval '1 hour'
        FROM (VALUES (1000), (2)) AS crowd (accounts), generate_series(0, 499) AS number;
        UPDATE accounts SET held = 501
        """;

    internal static object Id(int accounts, int number) => $"00000000-0000-0000-{accounts:D4}-{number:D12}";

    /// <summary>Places a hold that has expired but still has the status <c>held</c>.</summary>
    async Task<Guid> ExpiredAsync(Customer customer, long[] accounts, decimal amount)
    {
        var hold = await customer.HoldAsync(accounts[0], accounts[1], amount);
        await bank.Database.ExecuteAsync(
            "UPDATE holds SET created_at = now() - interval '2 s', expires_at = now() - interval '1 s' "
            + "WHERE id = $1",
            hold);

        return hold;
    }
}
