using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Health;

public sealed class GetReadinessTests(BankServer bank)
{
    [Theory]
    [InlineData("/health/ready")]
    [InlineData("/health/ready/")]
    public async Task The_database_answers_and_its_schema_is_current(string path)
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"ok":true}""");
    }

    [Fact]
    public async Task A_process_on_a_database_without_the_schema_serves_but_is_not_ready()
    {
        await using var own = await OwnBank.StartAsync(bank, "Database:MigrateOnStart=false");
        using var anonymous = own.Anonymous();

        using var ready = await anonymous.GetAsync("/health/ready");
        using var serving = await anonymous.GetAsync("/health");

        await ready.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "not_ready");
        serving.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_process_that_may_not_end_its_own_sessions_is_not_ready_and_says_so()
    {
        await using var own = await OwnBank.StartAsync(bank);
        using var anonymous = own.Anonymous();

        await own.Database.ExecuteAsync(
            "REVOKE EXECUTE ON FUNCTION pg_terminate_backend(integer, bigint) FROM PUBLIC");

        await Eventually.TrueAsync(
            async () => (await anonymous.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable,
            "it is not ready");
        await Eventually.TrueAsync(
            () => own.Output.Contains("may not end its own sessions", StringComparison.Ordinal), "it says so");
    }
}
