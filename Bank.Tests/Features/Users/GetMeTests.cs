using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Users;

public sealed class GetMeTests(BankServer bank)
{
    [Theory]
    [InlineData("/auth/me")]
    [InlineData("/auth/me/")]
    public async Task The_current_user_has_an_id_and_a_name(string path)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var me = await response.JsonAsync();
        me.Names().ShouldBe(["id", "username", "created_at"]);
        me.GetProperty("id").GetInt64().ShouldBeGreaterThan(0);
        me.GetProperty("username").GetString().ShouldBe(customer.Username);
        me.GetProperty("created_at").ShouldBeUtcNow();
    }

    [Fact]
    public async Task Getting_the_current_user_requires_authentication()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync("/auth/me");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }
}
