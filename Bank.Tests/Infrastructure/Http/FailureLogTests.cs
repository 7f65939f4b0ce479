using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>The log of requests that fail unexpectedly.</summary>
[Trait("Speed", "Slow")]
public sealed class FailureLogTests(BankServer server)
{
    [Fact]
    public async Task Repeated_failures_write_few_stack_traces()
    {
        await using var bank = await IsolatedBank.StartAsync(server);
        var customer = await bank.RegisterAsync();
        (await customer.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        await bank.Database.ExecuteAsync("ALTER TABLE users RENAME COLUMN created_at TO gone");

        var answers = await Burst.OfAsync(100, _ => customer.Http.GetAsync("/auth/me"));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.InternalServerError);
        await Eventually.TrueAsync(
            () => Count(bank, "GET /auth/me failed: 42703") == 100, "each failure is logged with its reason");
        Count(bank, "Npgsql.PostgresException").ShouldBeInRange(1, 50);
    }

    static int Count(IsolatedBank bank, string text) => bank.Output.Split(text).Length - 1;
}
