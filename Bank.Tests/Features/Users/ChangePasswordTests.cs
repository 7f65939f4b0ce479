using System.Net;
using System.Net.Http.Json;
using System.Text;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Users;

public sealed class ChangePasswordTests(BankServer bank)
{
    const string Old = Customer.Password;
    const string New = "battery staple";

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task After_a_change_only_the_new_password_signs_in(string slash)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.PutAsJsonAsync(
            $"/auth/password{slash}", new { current_password = Old, new_password = New });

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await response.Content.ReadAsStringAsync()).ShouldBeEmpty();
        (await StatusAsync(customer, Old)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(customer, New)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("a wrong one")]
    [InlineData("correct horse ")]
    [InlineData("Correct horse")]
    public async Task A_wrong_current_password_changes_nothing(string current)
    {
        var customer = await bank.RegisterAsync();

        using var response = await ChangeAsync(customer, current, New);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "wrong_password");
        (await StatusAsync(customer, Old)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(customer, New)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("current_password", """{"new_password": "battery staple"}""")]
    [InlineData("current_password", """{"current_password": null, "new_password": "battery staple"}""")]
    [InlineData("current_password", """{"current_password": 1, "new_password": "battery staple"}""")]
    [InlineData("new_password", """{"current_password": "correct horse"}""")]
    [InlineData("new_password", """{"current_password": "correct horse", "new_password": ""}""")]
    [InlineData("new_password", """{"current_password": "correct horse", "new_password": null}""")]
    [InlineData("new_password", """{"current_password": "correct horse", "new_password": ["a long one"]}""")]
    [InlineData("new_password", """{"current_password": "correct horse", "new_password": "7 chars"}""")]
    [InlineData("new_password", """{"current_password": "correct horse", "new_password": "\ud800 alone"}""")]
    public async Task An_invalid_password_change_names_the_field(string field, string body)
    {
        var customer = await bank.RegisterAsync();

        using var response = await PutAsync(customer, body);

        await response.ShouldRefuseFieldAsync(field);
        (await StatusAsync(customer, Old)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_new_password_has_at_most_1024_bytes()
    {
        var customer = await bank.RegisterAsync();
        var longest = new string('€', 341) + "!";

        using var tooLong = await ChangeAsync(customer, Old, longest + "!");
        using var accepted = await ChangeAsync(customer, Old, longest);

        await tooLong.ShouldRefuseFieldAsync("new_password");
        accepted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await StatusAsync(customer, longest)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(customer, longest[..^1])).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_current_password_above_1024_bytes_is_invalid()
    {
        var customer = await bank.RegisterAsync();

        using var wrong = await ChangeAsync(customer, new string('x', 1024), "battery staple");
        using var tooLong = await ChangeAsync(customer, new string('x', 1025), "battery staple");

        await wrong.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "wrong_password");
        await tooLong.ShouldRefuseFieldAsync("current_password");
    }

    [Fact]
    public async Task Changing_a_password_requires_authentication()
    {
        var customer = await bank.RegisterAsync();
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.PutAsJsonAsync(
            "/auth/password", new { current_password = Old, new_password = New });

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        (await StatusAsync(customer, Old)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_password_change_reaches_other_instances()
    {
        await using var other = await BankProcess.StartAsync(bank.ConnectionString);
        var customer = await bank.RegisterAsync();
        (await StatusAsync(customer, Old, other.Address)).ShouldBe(HttpStatusCode.OK);

        using var response = await ChangeAsync(customer, Old, New);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.TrueAsync(
            async () => await StatusAsync(customer, Old, other.Address) == HttpStatusCode.Unauthorized,
            "the other instance forgets");
        (await StatusAsync(customer, New, other.Address)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Concurrent_requests_do_not_keep_the_old_password_cached()
    {
        for (var round = 0; round < 10; round++)
        {
            var customer = await bank.RegisterAsync();
            var requests = Burst.OfAsync(16, _ => customer.Http.GetAsync("/accounts/"));

            using var changed = await ChangeAsync(customer, Old, New);

            changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            (await StatusAsync(customer, Old)).ShouldBe(HttpStatusCode.Unauthorized);
            (await requests).ShouldAllBe(response => IsAnswerToAPassword(response));
            (await StatusAsync(customer, New)).ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Only_one_of_several_concurrent_password_changes_succeeds()
    {
        var customer = await bank.RegisterAsync();
        using var warm = await customer.Http.GetAsync("/auth/me");

        var responses = await Burst.OfAsync(8, index => ChangeAsync(customer, Old, $"{New} {index}"));

        var winner = Array.FindIndex(responses, response => response.StatusCode == HttpStatusCode.NoContent);
        responses.Count(response => response.IsSuccessStatusCode).ShouldBe(1);
        (await StatusAsync(customer, $"{New} {winner}")).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Either password may be current by then, and too many wrong ones are limited.</summary>
    static bool IsAnswerToAPassword(HttpResponseMessage response) => response.StatusCode
        is HttpStatusCode.OK or HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests;

    static Task<HttpResponseMessage> ChangeAsync(Customer customer, string current, string replacement) =>
        customer.Http.PutAsJsonAsync(
            "/auth/password", new { current_password = current, new_password = replacement });

    static Task<HttpResponseMessage> PutAsync(Customer customer, string body) =>
        customer.Http.PutAsync(
            "/auth/password", new StringContent(body, Encoding.UTF8, "application/json"));

    static async Task<HttpStatusCode> StatusAsync(Customer customer, string password, Uri? address = null)
    {
        using var http = HttpVersions.CreateClient(address ?? customer.Http.BaseAddress!);
        http.DefaultRequestHeaders.Authorization = Customer.Basic(customer.Username, password);
        using var response = await http.GetAsync("/auth/me");

        return response.StatusCode;
    }
}
