using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Operators;

/// <summary>Blocking and unblocking users, and the record of it.</summary>
public sealed class BlockUserTests(BankServer bank)
{
    [Fact]
    public async Task Blocked_user_is_signed_out_and_unblocked_comes_back()
    {
        var teller = await bank.RegisterOperatorAsync();
        var (customer, accounts) = await bank.RegisterAsync(10m);
        var program = customer.WithKey((await customer.CreateKeyAsync()).Text);
        (await program.StatusAsync()).ShouldBe(HttpStatusCode.OK);

        (await SendAsync(teller, "block", customer)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await Eventually.TrueAsync(
            async () => await customer.StatusAsync() == HttpStatusCode.Unauthorized
                && await program.StatusAsync() == HttpStatusCode.Unauthorized, "the user is signed out");
        // A blocked user still receives.
        var (payer, from) = await bank.RegisterAsync(5m);
        await payer.PayAsync(from[0], accounts[0], 1m);

        (await SendAsync(teller, "unblock", customer)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await Eventually.TrueAsync(
            async () => await customer.StatusAsync() == HttpStatusCode.OK
                && await program.StatusAsync() == HttpStatusCode.OK, "the user is back");
        (await customer.BalanceAsync(accounts[0])).ShouldBe(11m);
    }

    [Fact]
    public async Task Each_change_is_recorded_once()
    {
        var teller = await bank.RegisterOperatorAsync();
        var customer = await bank.RegisterAsync();

        foreach (var action in (string[])["block", "block", "unblock", "unblock"])
            (await SendAsync(teller, action, customer)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var actions = (await teller.Http.GetFromJsonAsync<JsonElement[]>(
            $"/operator/actions?subject={customer.Username}"))!;
        actions.Select(action => action.GetProperty("action").GetString())
            .ShouldBe(["unblock_user", "block_user"]);
        actions[0].Names().ShouldBe(
            ["id", "action", "actor", "subject", "reason", "trace_id", "created_at"]);
        actions[0].GetProperty("actor").GetString().ShouldBe(teller.Username);
        actions[0].GetProperty("reason").GetString().ShouldBe("unblock, because");
        actions[0].GetProperty("created_at").ShouldBeUtcNow();
    }

    [Fact]
    public async Task Actions_are_found_by_actor_and_time_in_pages()
    {
        var teller = await bank.RegisterOperatorAsync();
        var (first, second) = (await bank.RegisterAsync(), await bank.RegisterAsync());
        await SendAsync(teller, "block", first);
        await SendAsync(teller, "block", second);

        using var page = await teller.Http.GetAsync($"/operator/actions?limit=1&actor={teller.Username}");
        var rest = await teller.Http.GetFromJsonAsync<JsonElement[]>(page.NextPage());

        SubjectOf((await page.JsonAsync())[0]).ShouldBe(second.Username);
        rest!.Select(SubjectOf).ShouldBe([first.Username]);
        (await teller.Http.GetStringAsync(
            $"/operator/actions?actor={teller.Username}&since=2999-01-01T00:00:00Z")).ShouldBe("[]");
        (await teller.Http.GetStringAsync(
            $"/operator/actions?actor={teller.Username}&until=2000-01-01T00:00:00Z")).ShouldBe("[]");
    }

    [Fact]
    public async Task Missing_user_missing_reason_and_oneself_are_refused()
    {
        var teller = await bank.RegisterOperatorAsync();

        await (await teller.Http.PostAsJsonAsync($"/users/{Names.New()}/block", new { reason = "why" }))
            .ShouldBeProblemAsync(HttpStatusCode.NotFound, "user_not_found");
        await (await teller.Http.PostAsJsonAsync($"/users/{teller.Username}/block", new { }))
            .ShouldRefuseFieldAsync("reason", "is required");
        await (await SendAsync(teller, "block", teller))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "own_user");
        (await teller.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    static string? SubjectOf(JsonElement action) => action.GetProperty("subject").GetString();

    static Task<HttpResponseMessage> SendAsync(Customer teller, string action, Customer customer) =>
        teller.Http.PostAsJsonAsync(
            $"/users/{customer.Username}/{action}", new { reason = $"{action}, because" });
}
