using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Keys;

public sealed class CreateKeyTests(BankServer bank)
{
    const int Year = 365 * 24 * 60 * 60;

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task New_key_is_shown_once_and_stored_as_its_hash(string slash)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync($"/auth/keys{slash}", """{"name": "Export"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var key = await response.JsonAsync();
        key.Names().ShouldBe(["id", "name", "scope", "key", "created_at"]);
        key.GetProperty("name").GetString().ShouldBe("Export");
        key.GetProperty("scope").GetString().ShouldBe("full");
        key.GetProperty("created_at").ShouldBeUtcNow();
        response.Headers.Location!.ToString().ShouldBe($"/auth/keys/{key.GetProperty("id")}");
        var text = key.GetProperty("key").GetString()!;
        text.ShouldMatch("^bank_[0-9A-Za-z]{49}$");
        (await bank.Database.ScalarAsync<byte[]>(
            "SELECT hash FROM keys WHERE id = $1", key.GetProperty("id").GetInt64()))
            .ShouldBe(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
        (await customer.Http.GetStringAsync("/auth/keys")).ShouldNotContain(text);
    }

    [Fact]
    public async Task Key_signs_in_with_Basic_and_with_Bearer()
    {
        var customer = await bank.RegisterAsync();
        var (_, key) = await customer.CreateKeyAsync();

        foreach (var program in new[] { customer.WithKey(key), customer.WithBearer(key) })
        {
            (await program.IdAsync()).ShouldBe(await customer.IdAsync());
            var account = await program.OpenAccountAsync(10m);
            (await customer.AvailableAsync(account)).ShouldBe(10m);
        }
    }

    [Fact]
    public async Task Key_expires_a_year_later_at_most()
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.PostAsJsonAsync(
            "/auth/keys", new { name = "Export", scope = "read", expires_in = Year });

        var key = await response.JsonAsync();
        key.Names().ShouldBe(["id", "name", "scope", "key", "expires_at", "created_at"]);
        key.GetProperty("scope").GetString().ShouldBe("read");
        key.GetProperty("expires_at").GetDateTimeOffset()
            .ShouldBe(key.GetProperty("created_at").GetDateTimeOffset().AddSeconds(Year));
    }

    [Theory]
    [InlineData("""{}""", "name", "is required")]
    [InlineData("""{"name": null}""", "name", "is required")]
    [InlineData("""{"name": ""}""", "name", "is required")]
    [InlineData("""{"name": " "}""", "name", "must have a visible character and no control characters")]
    [InlineData("""{"name": "a\nb"}""", "name", "must have a visible character and no control characters")]
    [InlineData("""{"name": 1}""", "name", "has the wrong type")]
    [InlineData("""{"name": "a", "scope": ""}""", "scope", "must be full or read")]
    [InlineData("""{"name": "a", "scope": "READ"}""", "scope", "must be full or read")]
    [InlineData("""{"name": "a", "scope": "write"}""", "scope", "must be full or read")]
    [InlineData("""{"name": "a", "scope": ["read"]}""", "scope", "has the wrong type")]
    [InlineData("""{"name": "a", "expires_in": 0}""", "expires_in", "must be 1 to 31536000 seconds")]
    [InlineData("""{"name": "a", "expires_in": -1}""", "expires_in", "must be 1 to 31536000 seconds")]
    [InlineData("""{"name": "a", "expires_in": 31536001}""", "expires_in", "must be 1 to 31536000 seconds")]
    [InlineData("""{"name": "a", "expires_in": 1.5}""", "expires_in", "has the wrong type")]
    [InlineData("""{"name": "a", "expires_in": 9e99}""", "expires_in", "has the wrong type")]
    public async Task Invalid_field_of_a_key_is_a_422(string body, string field, string reason)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync("/auth/keys", body);

        var problem = await response.ShouldBeProblemAsync(
            HttpStatusCode.UnprocessableEntity, "validation_failed");
        var error = problem.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        error.GetProperty("name").GetString().ShouldBe(field);
        error.GetProperty("reason").GetString().ShouldBe(reason);
        (await ListAsync(customer)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Name_of_a_key_has_up_to_140_characters()
    {
        var customer = await bank.RegisterAsync();
        var longest = string.Concat(Enumerable.Repeat("🔑", 140));

        using var created = await customer.Http.PostAsJsonAsync("/auth/keys", new { name = longest });
        using var refused = await customer.Http.PostAsJsonAsync("/auth/keys", new { name = longest + "x" });

        (await created.JsonAsync()).GetProperty("name").GetString().ShouldBe(longest);
        await refused.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "validation_failed");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Key_limit_holds_in_a_race_and_expired_keys_make_room()
    {
        await using var own = await IsolatedBank.StartAsync(bank, "Limits:KeysPerUser=3");
        var customer = await own.RegisterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            _ => customer.Http.PostAsJsonAsync("/auth/keys", new { name = "a", expires_in = 3600 })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(3);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "key_limit_reached");
        await own.Database.ExecuteAsync(
            "UPDATE keys SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' "
            + "WHERE id = (SELECT min(id) FROM keys)");
        (await ListAsync(customer)).Length.ShouldBe(3);
        (await customer.CreateKeyAsync()).Text.ShouldNotBeEmpty();
        (await ListAsync(customer)).Length.ShouldBe(3);
        using var full = await customer.Http.PostAsJsonAsync("/auth/keys", new { name = "a" });
        await full.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "key_limit_reached");
    }

    [Fact]
    public async Task Idempotency_keys_belong_to_the_user_whatever_signed_in()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);
        var program = customer.WithBearer((await customer.CreateKeyAsync()).Text);

        using var first = await customer.TransferAsync(accounts[0], accounts[1], 4m, key: "once");
        using var second = await program.TransferAsync(accounts[0], accounts[1], 4m, key: "once");

        second.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
    }

    static async Task<JsonElement[]> ListAsync(Customer customer) =>
        (await customer.Http.GetFromJsonAsync<JsonElement[]>("/auth/keys"))!;
}
