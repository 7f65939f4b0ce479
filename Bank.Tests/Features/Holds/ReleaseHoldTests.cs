using System.Net;
using Bank.Features.Holds;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Holds;

public sealed class ReleaseHoldTests(BankServer bank)
{
    [Fact]
    public async Task A_release_by_the_payee_frees_the_hold_and_is_replayed()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(0m);
        var hold = await payer.HoldAsync(from[0], to[0], 60m);

        using var response = await payee.ReleaseAsync(hold, "key");
        using var again = await payee.ReleaseAsync(hold, "key");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.JsonAsync()).GetProperty("status").GetString().ShouldBe("released");
        (await again.Content.ReadAsStringAsync()).ShouldBe(await response.Content.ReadAsStringAsync());
        (await payer.Http.GetStringAsync($"/holds/{hold}"))
            .ShouldBe(await response.Content.ReadAsStringAsync());
        (await payer.AvailableAsync(from[0])).ShouldBe(100m);
        await bank.Ledger.ShouldHoldAsync([.. from, .. to]);
    }

    [Fact]
    public async Task The_payer_cannot_release_a_hold()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (_, to) = await bank.RegisterAsync(0m);
        var stranger = await bank.RegisterAsync();
        var hold = await payer.HoldAsync(from[0], to[0], 60m);

        foreach (var other in new[] { payer, stranger })
        {
            using var response = await other.ReleaseAsync(hold);
            await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "hold_not_found");
        }

        (await payer.AvailableAsync(from[0])).ShouldBe(40m);
    }

    [Fact]
    public async Task The_payer_may_release_a_hold_for_a_closed_account()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (closer, closed) = await bank.RegisterAsync(0m);
        var (leaver, left) = await bank.RegisterAsync(0m);
        var stranger = await bank.RegisterAsync();
        var holds = new[]
        {
            await payer.HoldAsync(from[0], closed[0], 30m), await payer.HoldAsync(from[0], left[0], 40m),
        };
        (await closer.Http.DeleteAsync($"/accounts/{closed[0]}")).EnsureSuccessStatusCode();
        (await leaver.Http.DeleteAsync("/auth/me")).EnsureSuccessStatusCode();

        foreach (var hold in holds)
        {
            using var refused = await stranger.ReleaseAsync(hold);
            await refused.ShouldBeProblemAsync(HttpStatusCode.NotFound, "hold_not_found");
            using var response = await payer.ReleaseAsync(hold);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await payer.AvailableAsync(from[0])).ShouldBe(100m);
        await bank.Ledger.ShouldHoldAsync([.. from, .. closed, .. left]);
    }

    [Fact]
    public async Task A_released_or_captured_hold_is_not_released_again()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var released = await customer.HoldAsync(accounts[0], accounts[1], 10m);
        var captured = await customer.HoldAsync(accounts[0], accounts[1], 10m);
        (await customer.ReleaseAsync(released)).EnsureSuccessStatusCode();
        (await customer.CaptureAsync(captured)).EnsureSuccessStatusCode();

        foreach (var hold in new[] { released, captured })
        {
            using var response = await customer.ReleaseAsync(hold);
            await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "hold_not_open");
        }

        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Releasing_or_getting_an_unknown_hold_is_not_found()
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.ReleaseAsync(Guid.NewGuid());
        using var shown = await customer.Http.GetAsync($"/holds/{Guid.NewGuid()}");
        using var key = await customer.ReleaseAsync(Guid.NewGuid(), "two words");

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "hold_not_found");
        await shown.ShouldBeProblemAsync(HttpStatusCode.NotFound, "hold_not_found");
        await key.ShouldRefuseFieldAsync("Idempotency-Key");
    }

    [Fact]
    public Task Release_query_cost_is_linear_in_the_group_size() => bank.ShouldBeLinearAsync(
        typeof(ReleaseHoldQuery), ["from", "to"], CaptureHoldTests.Placed,
        ("holds", "uuid[]", CaptureHoldTests.Id));
}
