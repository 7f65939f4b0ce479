using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.History;

public sealed class GetBalanceTests(BankServer bank)
{
    [Fact]
    public async Task A_balance_at_a_transactions_time_includes_that_transaction()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        using var paid = await customer.TransferAsync(accounts[0], accounts[1], 20.5m);
        using var received = await customer.TransferAsync(accounts[1], accounts[0], 0.5m);
        using var withdrawn = await customer.WithdrawAsync(accounts[0], 10m);

        foreach (var item in await customer.HistoryAsync(accounts[0]))
        {
            var at = item.GetProperty("created_at").GetDateTimeOffset();
            var then = await BalanceAsync(customer, accounts[0], $"{at:O}");
            var before = await BalanceAsync(customer, accounts[0], $"{at.AddMicroseconds(-1):O}");

            then.Names().ShouldBe(["account_id", "at", "balance", "sequence"]);
            then.GetProperty("account_id").GetInt64().ShouldBe(accounts[0]);
            then.GetProperty("at").GetDateTimeOffset().ShouldBe(at);
            then.GetProperty("balance").GetRawText().ShouldBe(item.GetProperty("balance").GetRawText());
            then.GetProperty("sequence").GetRawText().ShouldBe(item.GetProperty("sequence").GetRawText());
            before.GetProperty("sequence").GetInt64().ShouldBe(item.GetProperty("sequence").GetInt64() - 1);
        }
    }

    [Fact]
    public async Task The_balance_before_the_first_transaction_is_zero()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);

        var balance = await BalanceAsync(customer, accounts[0], "2001-01-01T00:00:00Z");

        balance.GetProperty("at").GetString().ShouldBe("2001-01-01T00:00:00+00:00");
        balance.GetProperty("balance").GetRawText().ShouldBe("0.00");
        balance.GetProperty("sequence").GetInt64().ShouldBe(0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2999-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.999999Z")]
    public async Task A_future_moment_is_replaced_by_the_latest_settled_one(string? moment)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var last = (await customer.HistoryAsync(accounts[0]))[0].GetProperty("created_at")
            .GetDateTimeOffset();

        var balance = await BalanceAsync(customer, accounts[0], moment);
        var empty = await BalanceAsync(customer, accounts[1], moment);

        balance.GetProperty("at").ShouldBeUtcNow();
        balance.GetProperty("at").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(last);
        balance.GetProperty("balance").GetRawText().ShouldBe("100.00");
        balance.GetProperty("sequence").GetInt64().ShouldBe(1);
        empty.GetProperty("at").ShouldBeUtcNow();
        empty.GetProperty("balance").GetRawText().ShouldBe("0.00");
    }

    [Fact]
    public async Task A_past_balance_is_final_while_transfers_are_posted()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 1000m);
        var burst = Burst.OfAsync(
            200, index => customer.TransferAsync(accounts[index % 2], accounts[(index + 1) % 2], 1m));
        var told = new List<JsonElement>();

        do
        {
            told.Add(await BalanceAsync(customer, accounts[0], null));
        }
        while (!burst.IsCompleted);

        (await burst).ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
        foreach (var then in told)
        {
            var now = await BalanceAsync(customer, accounts[0], then.GetProperty("at").GetString());
            now.GetRawText().ShouldBe(then.GetRawText());
        }
    }

    [Fact]
    public async Task A_past_balance_survives_a_clock_rollback()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);
        await bank.Database.ExecuteAsync(
            "UPDATE accounts SET posted_at = $2 WHERE id = $1", accounts[0], DateTime.UtcNow.AddHours(1));
        (await customer.DepositAsync(accounts[0], 1m)).Dispose();

        var told = await BalanceAsync(customer, accounts[0], null);
        (await customer.DepositAsync(accounts[0], 1m)).Dispose();

        told.GetProperty("balance").GetRawText().ShouldBe("101.00");
        (await BalanceAsync(customer, accounts[0], told.GetProperty("at").GetString())).GetRawText()
            .ShouldBe(told.GetRawText());
    }

    [Fact]
    public async Task Another_users_balance_is_not_found()
    {
        var (_, accounts) = await bank.RegisterAsync(100m);
        var stranger = await bank.RegisterAsync();

        using var elses = await stranger.Http.GetAsync($"/accounts/{accounts[0]}/balance");
        using var nobodys = await stranger.Http.GetAsync("/accounts/9223372036854775807/balance/");

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Fact]
    public async Task Getting_a_balance_requires_authentication()
    {
        var (_, accounts) = await bank.RegisterAsync(100m);
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync($"/accounts/{accounts[0]}/balance");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Theory]
    [InlineData("1/balance?at=yesterday", "at")]
    [InlineData("1/balance?at=", "at")]
    [InlineData("1/balance?at=2026-01-05T09:30:00Z&at=2026-01-05T09:30:00Z", "at")]
    [InlineData("one/balance", "id")]
    public async Task A_balance_request_with_an_invalid_moment_or_id_is_refused(string path, string field)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/accounts/{path}");

        await response.ShouldRefuseFieldAsync(field);
    }

    static async Task<JsonElement> BalanceAsync(Customer customer, long account, string? at) =>
        await customer.Http.GetFromJsonAsync<JsonElement>(
            $"/accounts/{account}/balance{(at is null ? "" : $"?at={Uri.EscapeDataString(at)}")}");
}
