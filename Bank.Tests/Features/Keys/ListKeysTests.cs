using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Keys;

public sealed class ListKeysTests(BankServer bank)
{
    [Fact]
    public async Task Keys_are_listed_newest_first_without_their_texts()
    {
        var customer = await bank.RegisterAsync();
        var (first, _) = await customer.CreateKeyAsync();
        var (second, _) = await customer.CreateKeyAsync("read", 3600);
        await (await bank.RegisterAsync()).CreateKeyAsync();

        var keys = await ListAsync(customer);

        keys.Select(key => key.GetProperty("id").GetInt64()).ShouldBe([second, first]);
        keys[0].Names().ShouldBe(["id", "name", "scope", "expires_at", "created_at"]);
        keys[1].Names().ShouldBe(["id", "name", "scope", "created_at"]);
    }

    [Fact]
    public async Task Last_use_of_a_key_is_stored_once_and_to_the_day()
    {
        var customer = await bank.RegisterAsync();
        var (id, text) = await customer.CreateKeyAsync();
        (await ListAsync(customer)).ShouldHaveSingleItem().Names().ShouldNotContain("last_used_at");

        for (var request = 0; request < 20; request++)
            await customer.WithKey(text).StatusAsync();

        await Eventually.TrueAsync(
            async () => (await ListAsync(customer))[0].TryGetProperty("last_used_at", out _),
            "the day is stored");
        (await ListAsync(customer))[0].GetProperty("last_used_at").GetDateTimeOffset()
            .ShouldBeOneOf(DateTime.UtcNow.Date, DateTime.UtcNow.Date.AddDays(-1));
        var written = await VersionAsync(id);
        await customer.WithBearer(text).StatusAsync();
        (await VersionAsync(id)).ShouldBe(written);
    }

    Task<string> VersionAsync(long id) =>
        bank.Database.ScalarAsync<string>("SELECT xmin::text FROM keys WHERE id = $1", id);

    static async Task<JsonElement[]> ListAsync(Customer customer) =>
        (await customer.Http.GetFromJsonAsync<JsonElement[]>("/auth/keys"))!;
}
