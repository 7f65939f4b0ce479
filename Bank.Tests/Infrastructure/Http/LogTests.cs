using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>The log that operators read.</summary>
[Trait("Speed", "Slow")]
public sealed class LogTests(BankServer server)
{
    [Fact]
    public async Task Request_log_names_the_user_by_id_only()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Logging:Requests=true");
        var customer = await bank.RegisterAsync();
        var id = await customer.IdAsync();
        (await customer.Http.GetAsync($"/users/{customer.Username}")).EnsureSuccessStatusCode().Dispose();
        (await customer.Http.GetAsync($"/{customer.Username}")).Dispose();

        await WrittenAsync(bank, "(no route) 404");
        bank.Output.ShouldMatch($@"GET /users/\{{username\}} 200 in [\d.]+ ms, from 127.0.0.1, user {id}\b");
        bank.Output.ShouldMatch("POST /auth/register 201 in [^,]+, from 127.0.0.1, user nobody");
        bank.Output.ShouldNotContain(customer.Username);
    }

    [Fact]
    public async Task Refused_sign_ins_and_limits_are_JSON_log_events()
    {
        await using var bank = await IsolatedBank.StartAsync(
            server, "Logging:Console:FormatterName=json", "Limits:FailedSignInsPerUser=2");
        using var http = bank.Anonymous();
        var username = Names.New();

        for (var time = 0; time < 20; time++)
        {
            http.DefaultRequestHeaders.Authorization = Customer.Basic(username, $"guess {time}");
            (await http.GetAsync("/auth/me")).Dispose();
        }

        await WrittenAsync(bank, "LimitLog");
        var events = bank.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .ToLookup(line => line.GetProperty("EventId").GetInt32());
        events[1].Count().ShouldBe(1);
        events[10].ShouldBeEmpty();
        events[11].Count().ShouldBeInRange(1, 18);
        events[11].First().GetProperty("State").GetProperty("Address").GetString().ShouldBe("127.0.0.1");
        events[12].Select(refused => refused.GetProperty("State").GetProperty("User").GetString()!).Distinct()
            .ShouldHaveSingleItem().ShouldMatch("^[0-9a-f]{8}$");
        events[12].Count().ShouldBe(2);
        bank.Output.ShouldNotContain(username);
    }

    [Fact]
    public async Task Invalid_log_setting_is_reported_in_one_line()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(
            () => BankProcess.StartAsync(server.ConnectionString, "Logging:Requests=perhaps"));

        var lines = failure.Message.Split('\n');
        lines[0].ShouldContain("exit code 1 ");
        lines[1..].ShouldHaveSingleItem().ShouldBe(
            "Logging:Requests is 'perhaps', but must be true or false.");
    }

    static Task WrittenAsync(IsolatedBank bank, string text) => Eventually.TrueAsync(
        () => bank.Output.Contains(text, StringComparison.Ordinal), $"{text} is written");
}
