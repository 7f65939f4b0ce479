using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Users;

public sealed class GetUserTests(BankServer bank)
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task Another_user_is_shown_by_name_and_without_the_id(string slash)
    {
        var customer = await bank.RegisterAsync();
        var other = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/users/{other.Username}{slash}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var user = await response.JsonAsync();
        user.Names().ShouldBe(["username", "created_at"]);
        user.GetProperty("username").GetString().ShouldBe(other.Username);
        user.GetProperty("created_at").ShouldBeUtcNow();
    }

    [Theory]
    [InlineData("nobody-has-this-name")]
    [InlineData("%E2%82%AC")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task An_unknown_username_is_not_found(string name)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/users/{name}");

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "user_not_found");
    }

    [Fact]
    public async Task A_name_in_the_query_string_does_not_override_the_path()
    {
        var customer = await bank.RegisterAsync();
        var other = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync(
            $"/users/{other.Username}?username={customer.Username}");

        (await response.JsonAsync()).GetProperty("username").GetString().ShouldBe(other.Username);
    }

    [Fact]
    public async Task Getting_a_user_requires_authentication()
    {
        var customer = await bank.RegisterAsync();
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync($"/users/{customer.Username}");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }
}
