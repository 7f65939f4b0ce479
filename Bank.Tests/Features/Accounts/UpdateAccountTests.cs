using System.Net;
using System.Text;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Accounts;

public sealed class UpdateAccountTests(BankServer bank)
{
    const string MergePatch = "application/merge-patch+json";

    [Theory]
    [InlineData("", MergePatch)]
    [InlineData("/", MergePatch)]
    [InlineData("", "application/json")]
    [InlineData("", "application/merge-patch+json; charset=utf-8")]
    public async Task New_name_is_shown_wherever_the_account_is(string slash, string contentType)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);

        using var response = await PatchAsync(
            customer, $"{accounts[0]}{slash}", """{"name": "Rent & food 🏠"}""", contentType);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var account = await response.JsonAsync();
        account.Names().ShouldBe(["id", "name", "balance", "available", "created_at"]);
        account.GetProperty("name").GetString().ShouldBe("Rent & food 🏠");
        account.GetProperty("balance").GetRawText().ShouldBe("10.00");
        (await customer.Http.GetStringAsync($"/accounts/{accounts[0]}")).ShouldBe(account.GetRawText());
        var list = JsonDocument.Parse(await customer.Http.GetStringAsync("/accounts/")).RootElement;
        list[1].GetRawText().ShouldBe(account.GetRawText());
        list[0].Names().ShouldBe(["id", "balance", "available", "created_at"]);
    }

    [Theory]
    [InlineData("{}", "Old")]
    [InlineData("", "Old")]
    [InlineData("""{"balance": 5, "id": 1, "closed_at": null, "has_name": true}""", "Old")]
    [InlineData("""{"name": null}""", null)]
    [InlineData("""{"name": "Old"}""", "Old")]
    [InlineData("""{"name": "New", "unknown": {"name": null}}""", "New")]
    public async Task Patch_changes_what_it_names_and_null_removes_it(string patch, string? name)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m);
        using var named = await PatchAsync(customer, $"{accounts[0]}", """{"name": "Old"}""");

        using var response = await PatchAsync(customer, $"{accounts[0]}", patch);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var account = await response.JsonAsync();
        (account.TryGetProperty("name", out var shown) ? shown.GetString() : null).ShouldBe(name);
        account.GetProperty("id").GetInt64().ShouldBe(accounts[0]);
        account.GetProperty("balance").GetRawText().ShouldBe("10.00");
        (await customer.Http.GetStringAsync($"/accounts/{accounts[0]}")).ShouldBe(account.GetRawText());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"   \"")]
    [InlineData("\"\\u200B\"")]
    [InlineData("\"a\\nb\"")]
    [InlineData("\"a\\u202Eb\"")]
    [InlineData("\"{141}\"")]
    public async Task Invalid_name_is_refused_by_both_slices(string name)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var body = $$"""{"name": {{name.Replace("{141}", new string('x', 141))}}}""";

        using var patched = await PatchAsync(customer, $"{accounts[0]}", body);
        using var opened = await customer.PostAsync("/accounts/", body);

        await patched.ShouldRefuseFieldAsync("name");
        await opened.ShouldRefuseFieldAsync("name");
        var list = JsonDocument.Parse(await customer.Http.GetStringAsync("/accounts/")).RootElement;
        list.GetArrayLength().ShouldBe(1);
        list[0].TryGetProperty("name", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"name\"")]
    [InlineData("{\"name\": \"a\", \"name\": \"b\"}")]
    [InlineData("{\"name\": 5}")]
    [InlineData("{\"name\"")]
    public async Task Body_that_is_no_merge_patch_changes_nothing(string patch)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var response = await PatchAsync(customer, $"{accounts[0]}", patch);

        response.StatusCode.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity);
        (await customer.Http.GetStringAsync($"/accounts/{accounts[0]}")).ShouldNotContain("name");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/merge-patch+json; charset=latin1")]
    public async Task Other_media_types_are_unsupported(string contentType)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var response = await PatchAsync(customer, $"{accounts[0]}", """{"name": "x"}""", contentType);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Another_users_account_is_not_found_and_keeps_its_name()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var stranger = await bank.RegisterAsync();

        using var elses = await PatchAsync(stranger, $"{accounts[0]}", """{"name": "mine"}""");
        using var nobodys = await PatchAsync(stranger, "9223372036854775807", """{"name": "mine"}""");

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
        (await customer.Http.GetStringAsync($"/accounts/{accounts[0]}")).ShouldNotContain("name");
    }

    [Fact]
    public async Task Closed_account_can_be_named()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var closed = await customer.Http.DeleteAsync($"/accounts/{accounts[0]}");

        using var response = await PatchAsync(customer, $"{accounts[0]}", """{"name": "Old savings"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.JsonAsync()).Names()
            .ShouldBe(["id", "name", "balance", "available", "created_at", "closed_at"]);
    }

    [Fact]
    public async Task Key_that_only_reads_and_a_foreign_page_name_nothing()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var reader = customer.WithBearer((await customer.CreateKeyAsync("read")).Text);
        using var foreign = Request($"{accounts[0]}", """{"name": "x"}""", MergePatch);
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");

        using var reading = await PatchAsync(reader, $"{accounts[0]}", """{"name": "x"}""");
        using var crossing = await customer.Http.SendAsync(foreign);
        using var anonymous = bank.Anonymous();
        using var unknown = await anonymous.SendAsync(Request($"{accounts[0]}", "{}", MergePatch));

        await reading.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "key_is_read_only");
        await crossing.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "cross_site_request");
        await unknown.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        (await customer.Http.GetStringAsync($"/accounts/{accounts[0]}")).ShouldNotContain("name");
    }

    [Fact]
    public async Task Naming_beside_transfers_loses_no_money()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 0m);

        var posted = await Burst.OfAsync(200, index => index % 4 == 0
            ? PatchAsync(customer, $"{accounts[0]}", $$"""{"name": "Name {{index}}"}""")
            : customer.TransferAsync(accounts[0], accounts[1], 1m));

        posted.ShouldAllBe(response => response.IsSuccessStatusCode);
        (await customer.BalanceAsync(accounts[0])).ShouldBe(850m);
        (await customer.BalanceAsync(accounts[1])).ShouldBe(150m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    static Task<HttpResponseMessage> PatchAsync(
        Customer customer, string account, string body, string contentType = MergePatch) =>
        customer.Http.SendAsync(Request(account, body, contentType));

    static HttpRequestMessage Request(string account, string body, string contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType).ShouldBeTrue();

        return new HttpRequestMessage(HttpMethod.Patch, $"/accounts/{account}") { Content = content };
    }
}
