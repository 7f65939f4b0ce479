using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Holds;

public sealed class ListHoldsTests(BankServer bank)
{
    [Fact]
    public async Task Payer_and_payee_page_through_their_holds_newest_first()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(100m);
        Guid[] holds =
        [
            await payer.HoldAsync(from[0], to[0], 1m), await payee.HoldAsync(to[0], from[0], 2m),
            await payer.HoldAsync(from[0], to[0], 3m),
        ];

        foreach (var (customer, account) in new[] { (payer, from[0]), (payee, to[0]) })
        {
            using var first = await customer.Http.GetAsync($"/accounts/{account}/holds?limit=2");
            var second = await customer.Http.GetFromJsonAsync<JsonElement[]>(first.NextPage());

            (await first.Content.ReadFromJsonAsync<JsonElement[]>())!.Concat(second!)
                .Select(hold => hold.GetProperty("id").GetGuid()).ShouldBe(holds.Reverse());
        }
    }

    [Fact]
    public async Task No_holds_is_an_empty_list_and_another_users_are_not_found()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var other = await bank.RegisterAsync();

        (await customer.Http.GetStringAsync($"/accounts/{accounts[0]}/holds")).ShouldBe("[]");
        using var response = await other.Http.GetAsync($"/accounts/{accounts[0]}/holds");

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Theory]
    [InlineData("held", "open")]
    [InlineData("captured", "captured")]
    [InlineData("released", "released")]
    [InlineData("expired", "due")]
    public async Task Payer_and_payee_list_their_holds_by_status(string status, string expected)
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(100m);
        Dictionary<string, Guid> holds = [];

        foreach (var name in (string[])["due", "released", "captured", "open"])
            holds[name] = await payer.HoldAsync(from[0], to[0], 1m);

        (await payee.CaptureAsync(holds["captured"])).EnsureSuccessStatusCode().Dispose();
        (await payee.ReleaseAsync(holds["released"])).EnsureSuccessStatusCode().Dispose();
        // Whether the API has set its status already or not.
        await bank.Database.ExecuteAsync(
            $"""
            BEGIN;
            SET LOCAL session_replication_role = replica;
            UPDATE holds SET created_at = '2020-01-01', expires_at = '2020-01-02' WHERE id = '{holds["due"]}';
            COMMIT;
            """);

        foreach (var (customer, account) in new[] { (payer, from[0]), (payee, to[0]) })
        {
            var listed = await customer.Http.GetFromJsonAsync<JsonElement[]>(
                $"/accounts/{account}/holds?status={status}");

            listed!.Select(hold => hold.GetProperty("id").GetGuid())
                .ShouldBe(expected.Split(", ").Select(name => holds[name]));
            listed!.ShouldAllBe(hold => hold.GetProperty("status").GetString() == status);
        }
    }

    [Fact]
    public async Task Pages_of_a_status_follow_each_other()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        Guid[] holds = [.. new Guid[5]];

        for (var index = 0; index < holds.Length; index++)
            holds[index] = await customer.HoldAsync(accounts[0], accounts[1], 1m);

        (await customer.ReleaseAsync(holds[2])).EnsureSuccessStatusCode().Dispose();
        List<Guid> listed = [];

        for (string? next = $"/accounts/{accounts[0]}/holds?limit=2&status=held"; next is not null;)
        {
            using var page = await customer.Http.GetAsync(next);
            listed.AddRange((await page.Content.ReadFromJsonAsync<JsonElement[]>())!
                .Select(hold => hold.GetProperty("id").GetGuid()));
            next = page.NextPage();
        }

        listed.ShouldBe([holds[4], holds[3], holds[1], holds[0]]);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("status=open", "status")]
    [InlineData("status=", "status")]
    [InlineData("status=HELD", "status")]
    [InlineData("status=held,captured", "status")]
    [InlineData("status=held&status=captured", "status")]
    [InlineData("limit=1001", "limit")]
    [InlineData("cursor=nonsense", "cursor")]
    public async Task An_invalid_parameter_of_holds_is_refused(string query, string field)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}/holds?{query}");

        await response.ShouldRefuseFieldAsync(field);
    }
}
