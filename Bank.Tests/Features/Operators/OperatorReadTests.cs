using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Operators;

/// <summary>Operators read what belongs to any user, as its owner sees it.</summary>
public sealed class OperatorReadTests(BankServer bank)
{
    [Fact]
    public async Task Operator_reads_what_the_owner_reads()
    {
        var teller = await bank.RegisterOperatorAsync();
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);
        var (stranger, _) = await bank.RegisterAsync(0m);
        var transaction = await customer.PayAsync(accounts[0], accounts[1], 1m);
        using var held = await customer.PostAsync(
            "/holds", $$"""{"from":{{accounts[0]}},"to":{{accounts[1]}},"amount":2}""");
        var hold = (await held.JsonAsync()).GetProperty("id").GetGuid();
        string[] paths =
        [
            $"/accounts/{accounts[0]}", $"/accounts/{accounts[0]}/balance?at=2026-01-05T09:30:00Z",
            $"/accounts/{accounts[0]}/holds",
            $"/transactions/account/{accounts[0]}", $"/transactions/{transaction}", $"/holds/{hold}",
        ];

        foreach (var path in paths)
        {
            (await teller.Http.GetStringAsync(path)).ShouldBe(await customer.Http.GetStringAsync(path));
            (await stranger.Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        var statement = await teller.Http.GetFromJsonAsync<JsonElement>($"/accounts/{accounts[0]}/statement");
        statement.GetProperty("transactions").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Operator_lists_the_accounts_of_a_user_by_name()
    {
        var teller = await bank.RegisterOperatorAsync();
        var (customer, accounts) = await bank.RegisterAsync(0m, 0m);
        var (other, own) = await bank.RegisterAsync(0m);

        using var first = await teller.Http.GetAsync($"/accounts/?limit=1&username={customer.Username}");
        var next = await teller.Http.GetFromJsonAsync<JsonElement[]>(first.NextPage());

        (await first.JsonAsync())[0].GetProperty("id").GetInt64().ShouldBe(accounts[1]);
        next!.ShouldHaveSingleItem().GetProperty("id").GetInt64().ShouldBe(accounts[0]);
        (await teller.Http.GetStringAsync("/accounts/?username=nobody-has-this-name")).ShouldBe("[]");
        (await teller.Http.GetStringAsync("/accounts/")).ShouldBe("[]");
        // To a customer the parameter means nothing.
        (await other.Http.GetFromJsonAsync<JsonElement[]>($"/accounts/?username={customer.Username}"))!
            .ShouldHaveSingleItem().GetProperty("id").GetInt64().ShouldBe(own[0]);
    }

    [Fact]
    public async Task Operator_changes_nothing_that_belongs_to_others()
    {
        var teller = await bank.RegisterOperatorAsync();
        var (_, accounts) = await bank.RegisterAsync(10m, 0m);

        using var transfer = await teller.PostAsync(
            "/transactions/transfer", $$"""{"from":{{accounts[0]}},"to":{{accounts[1]}},"amount":1}""");
        using var closing = await teller.Http.DeleteAsync($"/accounts/{accounts[1]}");

        transfer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        closing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Missing_things_are_missing_for_operators_too()
    {
        var teller = await bank.RegisterOperatorAsync();

        foreach (var path in (string[])
            ["/accounts/999999999", "/accounts/999999999/statement", $"/holds/{Guid.NewGuid()}",
                $"/transactions/{Guid.NewGuid()}", "/transactions/account/999999999"])
            (await teller.Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Users_are_listed_by_prefix_in_pages()
    {
        var teller = await bank.RegisterOperatorAsync();
        var prefix = Names.New();
        string[] names = [$"{prefix}-a", $"{prefix}-b", $"{prefix}%", Names.New()];
        foreach (var name in names)
            await Customer.RegisterAsync(bank.Address, name);

        using var first = await teller.Http.GetAsync($"/users?limit=2&prefix={prefix}");
        var rest = await teller.Http.GetFromJsonAsync<JsonElement[]>(first.NextPage());

        (await first.JsonAsync()).EnumerateArray().Select(NameOf).ShouldBe([names[2], names[1]]);
        rest!.Select(NameOf).ShouldBe([names[0]]);
        rest![0].Names().ShouldBe(["id", "username", "created_at", "is_operator"]);
    }

    static string NameOf(JsonElement user) => user.GetProperty("username").GetString()!;
}
