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
            () => own.Output.Contains(
                "bank_api may not terminate its own sessions (GRANT EXECUTE ON FUNCTION pg_terminate_backend "
                + "TO bank_api)", StringComparison.Ordinal),
            "the log says so");
    }

    /// <summary>Rights that are revoked while the API serves, and what the log says to do.</summary>
    [Fact]
    public async Task Not_ready_names_the_missing_right_until_it_is_granted()
    {
        await using var own = await IsolatedBank.StartAsync(bank);
        using var anonymous = own.Anonymous();
        await ShouldBecomeAsync(HttpStatusCode.OK);

        foreach (var (revoke, reason, grant) in Revocations)
        {
            await own.Database.ExecuteAsync(revoke);
            await ShouldBecomeAsync(HttpStatusCode.ServiceUnavailable);
            await Eventually.TrueAsync(
                () => own.Output.Contains($"Not ready: {reason}", StringComparison.Ordinal), reason);
            await own.Database.ExecuteAsync(grant);
            await ShouldBecomeAsync(HttpStatusCode.OK);
        }

        foreach (var (_, reason, _) in Revocations)
            own.Output.Split('\n').Count(line => line.Contains(reason)).ShouldBe(1, "once a minute");

        Task ShouldBecomeAsync(HttpStatusCode status) => Eventually.TrueAsync(
            async () => (await anonymous.GetAsync("/health/ready")).StatusCode == status, $"{status}");
    }

    static (string Revoke, string Reason, string Grant)[] Revocations =>
    [
        ("REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "bank_api may not use the schema public: GRANT USAGE ON SCHEMA public TO bank_api",
            "GRANT USAGE ON SCHEMA public TO bank_api"),
        ("REVOKE ALL ON \"VersionInfo\" FROM bank_api",
            "bank_api may not read the tables in the schema public",
            "GRANT SELECT ON \"VersionInfo\" TO bank_api"),
        ("REVOKE SELECT ON holds FROM bank_api", "the API's role may not use holds",
            "GRANT SELECT ON holds TO bank_api"),
        ("DELETE FROM \"VersionInfo\" WHERE \"Version\" > 202611250010",
            "the schema is older than this build",
            "INSERT INTO \"VersionInfo\" (\"Version\") VALUES (299912310000)"),
    ];
}
