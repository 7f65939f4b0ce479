using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Health;

[Trait("Speed", "Slow")]
public sealed class GetReadinessTests(BankServer bank)
{
    [Theory]
    [InlineData("/health/ready")]
    [InlineData("/health/ready/")]
    public async Task Readiness_is_ok_with_a_current_schema(string path)
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"ok":true}""");
    }

    [Fact]
    public async Task A_process_without_the_schema_is_live_but_not_ready()
    {
        await using var own = await IsolatedBank.StartAsync(bank, "Database:MigrateOnStart=false");
        using var anonymous = own.Anonymous();

        using var ready = await anonymous.GetAsync("/health/ready");
        using var serving = await anonymous.GetAsync("/health");

        await ready.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "not_ready");
        serving.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Not_ready_without_permission_to_end_its_own_sessions()
    {
        await using var own = await IsolatedBank.StartAsync(bank);
        using var anonymous = own.Anonymous();

        await own.Database.ExecuteAsync(
            "REVOKE EXECUTE ON FUNCTION pg_terminate_backend(integer, bigint) FROM PUBLIC");

        await Eventually.TrueAsync(
            async () => (await anonymous.GetAsync("/health/ready")).StatusCode
                == HttpStatusCode.ServiceUnavailable,
            "it is not ready");
        await Eventually.TrueAsync(
            () => own.Output.Contains("may not terminate its own sessions", StringComparison.Ordinal),
            "the log says so");
    }
}
