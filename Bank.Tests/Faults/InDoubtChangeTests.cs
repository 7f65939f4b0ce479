using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>A response says "nothing was changed" only if nothing was sent.</summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class InDoubtChangeTests(BankServer server)
{
    [Theory]
    [InlineData(CutPoint.AfterRequest)]
    [InlineData(CutPoint.BeforeReady)]
    internal async Task Account_opening_in_doubt_answers_outcome_unknown(CutPoint point)
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);

        var cut = bank.Proxy.CutOnceAsync(point);
        using var response = await customer.Http.PostAsync("/accounts/", null);

        cut.IsCompletedSuccessfully.ShouldBeTrue("the response was not lost");
        var problem = await response.ShouldBeProblemAsync(
            HttpStatusCode.ServiceUnavailable, "outcome_unknown");
        problem.GetProperty("detail").GetString()!.ShouldNotContain("nothing");
        problem.GetProperty("detail").GetString()!.ShouldContain("GET /accounts/ lists the newest");
        response.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Account_opening_in_doubt_is_repeatable_with_its_key()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);

        foreach (var point in Enum.GetValues<CutPoint>())
        {
            var customer = await Customer.RegisterAsync(bank.Api.Address);
            customer.Http.DefaultRequestHeaders.Add("Idempotency-Key", "key");

            var cut = bank.Proxy.CutOnceAsync(point);
            using var lost = await customer.Http.PostAsync("/accounts/", null);
            await cut;
            await Eventually.TrueAsync(
                async () => (await customer.Http.PostAsync("/accounts/", null)).IsSuccessStatusCode,
                "opened");

            await lost.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "outcome_unknown");
            (await customer.Http.GetFromJsonAsync<JsonElement[]>("/accounts/"))!.ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task User_or_account_change_in_doubt_says_how_to_check_it()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        var account = await customer.OpenAccountAsync();

        using var closing = await LoseAsync(bank, () => customer.Http.DeleteAsync($"/accounts/{account}"));
        using var again = await customer.Http.DeleteAsync($"/accounts/{account}");
        using var leaving = await LoseAsync(bank, () => customer.Http.DeleteAsync("/auth/me"));
        using var there = await customer.Http.GetAsync("/auth/me");
        using var change = await LoseAsync(bank, () => customer.Http.PutAsJsonAsync(
            "/auth/password", new { current_password = Customer.Password, new_password = "a better one" }));

        var unknown = await closing.ShouldBeProblemAsync(
            HttpStatusCode.ServiceUnavailable, "outcome_unknown");
        unknown.GetProperty("detail").GetString()!.ShouldContain("safe to send the request again");
        again.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        // The connection was cut before the commit, so the change is known to be rolled back.
        await leaving.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "database_unavailable");
        there.StatusCode.ShouldBe(HttpStatusCode.OK);
        unknown = await change.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "outcome_unknown");
        unknown.GetProperty("detail").GetString()!.ShouldContain("GET /auth/me returns 200");
    }

    [Fact]
    public async Task Registration_in_doubt_answers_outcome_unknown()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        using var http = HttpVersions.CreateClient(bank.Api.Address);

        var cut = bank.Proxy.CutOnceAsync(CutPoint.BeforeReady);
        using var response = await http.PostAsync(
            "/auth/register",
            new StringContent(
                """{"username": "ada", "password": "correct horse"}""", mediaType: new("application/json")));

        cut.IsCompletedSuccessfully.ShouldBeTrue("the response was not lost");
        await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "outcome_unknown");
    }

    [Fact]
    public async Task Read_only_database_refuses_changes_and_is_not_ready()
    {
        await using var bank = await IsolatedBank.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var customer = await bank.RegisterAsync();
        var account = await customer.OpenAccountAsync(1m);
        await TakeChangesAsync(bank, "on");

        // The first requests use terminated connections, so their outcome is in doubt.
        await Eventually.TrueAsync(
            () => IsRefusedAsync(() => customer.DepositAsync(account, 1m)), "deposits are");
        await Eventually.TrueAsync(
            () => IsRefusedAsync(() => customer.Http.PostAsync("/accounts/", null)), "openings are");
        using var ready = await customer.Http.GetAsync("/health/ready");
        var balance = await customer.BalanceAsync(account);
        await TakeChangesAsync(bank, "off");
        using var later = await customer.DepositAsync(account, 1m);

        await ready.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "not_ready");
        balance.ShouldBe(1m);
        later.StatusCode.ShouldBe(HttpStatusCode.Created);
        await bank.Ledger.ShouldHoldAsync(account);
    }

    /// <summary>Sends a request whose change the database does not confirm.</summary>
    static async Task<HttpResponseMessage> LoseAsync(
        BankBehindProxy bank, Func<Task<HttpResponseMessage>> send)
    {
        var cut = bank.Proxy.CutOnceAsync(CutPoint.BeforeReady);
        var response = await send();
        cut.IsCompletedSuccessfully.ShouldBeTrue("the response was not lost");

        return response;
    }

    /// <summary>Whether a request is refused with <c>database_unavailable</c>: nothing was changed.</summary>
    static async Task<bool> IsRefusedAsync(Func<Task<HttpResponseMessage>> send)
    {
        using var answer = await send();
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();

        return (await answer.JsonAsync()).GetProperty("code").GetString() == "database_unavailable";
    }

    /// <summary>Makes the database read-only or writable for every session of the API.</summary>
    static async Task TakeChangesAsync(IsolatedBank bank, string readOnly)
    {
        await bank.Database.ExecuteAsync(
            $$"""
            DO $do$ BEGIN
                EXECUTE format(
                    'ALTER DATABASE %I SET default_transaction_read_only = {{readOnly}}', current_database());
            END $do$;
            """);
        await bank.Database.ExecuteAsync(
            """
            SELECT pg_terminate_backend(pid, 5000)
            FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'bank'
            """);
    }
}
