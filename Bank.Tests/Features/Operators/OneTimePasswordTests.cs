using System.Net;
using System.Net.Http.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Operators;

/// <summary>Passwords that operators give, and that are good for choosing another one.</summary>
public sealed class OneTimePasswordTests(BankServer bank)
{
    [Fact]
    public async Task New_user_chooses_a_password_before_anything_else()
    {
        var teller = await bank.RegisterOperatorAsync();
        var username = Names.New();

        using var created = await teller.Http.PostAsJsonAsync("/users", new { username });
        var password = (await created.JsonAsync()).GetProperty("password").GetString()!;
        using var http = bank.Anonymous();
        http.DefaultRequestHeaders.Authorization = Customer.Basic(username, password);

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await http.GetAsync("/auth/me")).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden, "password_expired");
        await (await http.PostAsync("/accounts/", null)).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden, "password_expired");
        var user = await Harness.Operators.ChoosePasswordAsync(bank.Address, username, password);
        (await user.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("/auth/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await (await teller.Http.PostAsJsonAsync("/users", new { username })).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest, "username_taken");
    }

    [Fact]
    public async Task Reset_password_replaces_the_old_one_and_stops_keys()
    {
        var teller = await bank.RegisterOperatorAsync();
        var customer = await bank.RegisterAsync();
        var program = customer.WithBearer((await customer.CreateKeyAsync()).Text);

        using var reset = await teller.Http.PostAsJsonAsync(
            $"/users/{customer.Username}/password", new { reason = "forgotten" });
        var password = (await reset.JsonAsync()).GetProperty("password").GetString()!;

        await Eventually.TrueAsync(
            async () => await customer.StatusAsync() == HttpStatusCode.Unauthorized
                && await program.StatusAsync() == HttpStatusCode.Forbidden, "the old password is refused");
        await Harness.Operators.ChoosePasswordAsync(bank.Address, customer.Username, password);
        await Eventually.TrueAsync(
            async () => await customer.StatusAsync() == HttpStatusCode.OK
                && await program.StatusAsync() == HttpStatusCode.OK, "the user and the key are back");
    }

    [Fact]
    public async Task Operators_do_not_reset_their_own_password()
    {
        var teller = await bank.RegisterOperatorAsync();

        await (await teller.Http.PostAsJsonAsync(
            $"/users/{teller.Username}/password", new { reason = "why" }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "own_user");
    }
}
