using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Accounts;

public sealed class GetAccountTests(BankServer bank)
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task The_owner_sees_the_balance_of_an_account(string slash)
    {
        var (customer, accounts) = await bank.RegisterAsync(10.5m);

        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}{slash}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var account = await response.JsonAsync();
        account.Names().ShouldBe(["id", "balance", "available", "created_at"]);
        account.GetProperty("id").GetInt64().ShouldBe(accounts[0]);
        account.GetProperty("balance").GetRawText().ShouldBe("10.50");
        account.GetProperty("created_at").ShouldBeUtcNow();
    }

    [Fact]
    public async Task Another_users_account_is_not_found()
    {
        var (_, accounts) = await bank.RegisterAsync(10m);
        var stranger = await bank.RegisterAsync();

        using var elses = await stranger.Http.GetAsync($"/accounts/{accounts[0]}");
        using var nobodys = await stranger.Http.GetAsync("/accounts/9223372036854775807");

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Theory]
    [MemberData(nameof(Ids.RefusedInPaths), MemberType = typeof(Ids))]
    public async Task Getting_an_account_with_an_invalid_id_is_refused(string id)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/accounts/{id}");

        await response.ShouldRefuseFieldAsync("id");
    }

    [Fact]
    public async Task An_id_in_the_query_string_does_not_override_the_path()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m, 2m);

        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}?id={accounts[1]}");

        (await response.JsonAsync()).GetProperty("id").GetInt64().ShouldBe(accounts[0]);
    }

    [Fact]
    public async Task Concurrent_callers_see_only_their_own_accounts()
    {
        var (one, ones) = await bank.RegisterAsync(1m, 2m);
        var (other, others) = await bank.RegisterAsync(3m);
        (Customer Customer, long Account, decimal? Balance)[] questions =
        [
            (one, ones[0], 1m), (one, ones[1], 2m), (one, others[0], null), (other, others[0], 3m),
            (other, ones[0], null), (one, long.MaxValue, null), (other, 0, null), (one, -1, null),
        ];

        var responses = await Burst.OfAsync(400, index =>
        {
            var (customer, account, _) = questions[index % questions.Length];
            return customer.Http.GetAsync($"/accounts/{account}");
        });

        foreach (var (index, response) in responses.Index())
        {
            var (_, account, balance) = questions[index % questions.Length];
            response.StatusCode.ShouldBe(balance is null ? HttpStatusCode.NotFound : HttpStatusCode.OK);

            if (balance is not null)
            {
                var seen = await response.JsonAsync();
                seen.GetProperty("id").GetInt64().ShouldBe(account);
                seen.GetProperty("balance").GetDecimal().ShouldBe(balance.Value);
            }
        }
    }

    [Fact]
    public async Task A_posted_deposit_is_visible_at_once_despite_shared_reads()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        var asking = await bank.RegisterAsync();
        var isOver = false;
        var others = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!Volatile.Read(ref isOver))
                (await asking.Http.GetAsync($"/accounts/{accounts[0]}")).Dispose();
        }));

        for (var balance = 2m; balance <= 50m; balance++)
        {
            (await customer.DepositAsync(accounts[0], 1m)).EnsureSuccessStatusCode();
            (await customer.BalanceAsync(accounts[0])).ShouldBe(balance);
        }

        Volatile.Write(ref isOver, true);
        await others;
    }

    [Fact]
    public async Task Getting_an_account_requires_authentication()
    {
        var (_, accounts) = await bank.RegisterAsync(10m);
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync($"/accounts/{accounts[0]}");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }
}
