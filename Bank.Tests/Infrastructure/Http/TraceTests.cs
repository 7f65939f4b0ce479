using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Http;

/// <summary>The trace id of a problem finds the log lines of its request.</summary>
[Trait("Speed", "Slow")]
public sealed class TraceTests(BankServer server)
{
    [Theory]
    [InlineData("simple")]
    [InlineData("json")]
    public async Task Log_lines_of_a_request_have_the_trace_id_of_its_problem(string formatter)
    {
        await using var bank = await IsolatedBank.StartAsync(
            server, $"Logging:Console:FormatterName={formatter}", "Logging:LogLevel:Bank=Debug");
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(1m);
        using var missing = await customer.Http.GetAsync("/accounts/999");
        await bank.Database.ExecuteAsync("ALTER TABLE transactions RENAME TO elsewhere");
        await bank.Database.ExecuteAsync("""ALTER TABLE "VersionInfo" RENAME TO "Elsewhere" """);

        using var history = await customer.Http.GetAsync($"/transactions/account/{account}?limit=7");
        using var deposit = await customer.DepositAsync(account, 1m);
        using var ready = await bank.Anonymous().GetAsync("/health/ready");

        await ShouldBeFoundAsync(bank, missing, HttpStatusCode.NotFound, "account_not_found", lines: 1);
        await ShouldBeFoundAsync(
            bank, history, HttpStatusCode.InternalServerError, "internal_error", lines: 2);
        await ShouldBeFoundAsync(
            bank, deposit, HttpStatusCode.InternalServerError, "internal_error", lines: 2);
        await ShouldBeFoundAsync(bank, ready, HttpStatusCode.ServiceUnavailable, "not_ready", lines: 1);
    }

    [Fact]
    public async Task Requests_of_one_group_are_logged_with_their_own_trace_ids()
    {
        await using var bank = await IsolatedBank.StartAsync(server);
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(1m);
        await bank.Database.ExecuteAsync("ALTER TABLE transactions RENAME TO elsewhere");

        var responses = await Burst.OfAsync(10, _ => customer.DepositAsync(account, 1m));

        foreach (var response in responses)
            await ShouldBeFoundAsync(
                bank, response, HttpStatusCode.InternalServerError, "internal_error", lines: 2);
    }

    static async Task ShouldBeFoundAsync(
        IsolatedBank bank, HttpResponseMessage response, HttpStatusCode status, string code, int lines)
    {
        var problem = await response.ShouldBeProblemAsync(status, code);
        var traceId = problem.GetProperty("trace_id").GetString()!;
        var path = response.RequestMessage!.RequestUri!.AbsolutePath;
        string[] found = [];

        // The output of the process arrives with a delay.
        await Eventually.TrueAsync(
            () =>
            {
                found = [.. bank.Output.Split('\n').Where(line => line.Contains(traceId))];
                return Task.FromResult(found.Length >= lines);
            },
            $"{lines} lines with the trace id are printed");

        found.Length.ShouldBe(lines, bank.Output);
        found.ShouldAllBe(line => line.Contains(path));
        found.ShouldContain(line => line.Contains($"{(int)status} {code}"));
    }
}
