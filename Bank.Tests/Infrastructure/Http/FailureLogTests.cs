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
        await Eventually.TrueAsync(() => Lines(bank) > 0, "a failure is logged");
        Lines(bank).ShouldBeLessThan(50);
    }

    static int Lines(IsolatedBank bank) => bank.Output.Split("GET /auth/me failed").Length - 1;
}
