using System.Diagnostics;
using System.Net;
using Bank.Infrastructure.Auth;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.ApiKeys;

/// <summary>Keys at fresh and at several instances, with the bcrypt of production.</summary>
[Trait("Speed", "Slow")]
public sealed class KeyInstanceTests(BankServer server)
{
    const int Programs = 1_000;

    [Fact]
    public async Task Deleted_key_is_refused_on_another_instance_at_once()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(server);
        var instances = await BankProcess.StartAsync(2, own.ConnectionString);
        var customer = await Customer.RegisterAsync(instances[0].Address);
        var times = new List<double>();

        for (var round = 0; round < 10; round++)
        {
            var (id, text) = await customer.CreateKeyAsync();
            var there = customer.At(instances[1].Address).WithKey(text);
            (await there.StatusAsync()).ShouldBe(HttpStatusCode.OK);

            var since = Stopwatch.StartNew();
            var deleting = customer.Http.DeleteAsync($"/auth/keys/{id}");
            await Eventually.TrueAsync(
                async () => await there.StatusAsync() == HttpStatusCode.Unauthorized, "the key is refused");
            times.Add(since.Elapsed.TotalMilliseconds);
            (await deleting).EnsureSuccessStatusCode().Dispose();
        }

        foreach (var instance in instances)
            await instance.DisposeAsync();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"refused there, ms after DELETE: {string.Join(' ', times.Select(time => $"{time:F1}"))}");
        times.Order().ElementAt(times.Count / 2).ShouldBeLessThan(2_000);
    }

    [Fact]
    public async Task A_thousand_keys_at_once_are_served_by_a_fresh_process()
    {
        await using var own = await IsolatedDatabase.CreateMigratedAsync(server);
        var keys = Enumerable.Range(0, Programs).Select(_ => KeyText.Create()).ToArray();
        await own.Database.ExecuteAsync(
            """
            WITH added AS (
                INSERT INTO users (username, password_hash)
                SELECT 'program ' || number, '' FROM generate_series(1, cardinality($1)) AS number
                RETURNING id, username
            )
            INSERT INTO keys (user_id, name, scope, hash)
            SELECT id, 'a', 'full', decode(($1)[substr(username, 9)::int], 'hex') FROM added
            """, (object)keys.Select(KeyText.HashOf).ToArray());
        await using var fresh = await BankProcess.StartAsync(own.ConnectionString, "Passwords:WorkFactor=12");
        var (byPassword, byKey) = await ColdSignInsAsync(fresh.Address);
        var since = Stopwatch.StartNew();

        using var http = new HttpClient { BaseAddress = fresh.Address };
        var answers = await Task.WhenAll(keys.Select(key => StatusAsync(http, key)));

        since.Stop();
        answers.ShouldAllBe(status => status == HttpStatusCode.OK);
        byKey.ShouldBeLessThan(byPassword / 3);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"cold: password {byPassword:F1} ms, key {byKey:F1} ms; {Programs} keys {since.Elapsed}");
        await Eventually.TrueAsync(
            async () => await own.Database.ScalarAsync<long>(
                "SELECT count(*) FROM keys WHERE last_used_at IS NOT NULL") == Programs + 5,
            "every day of use is stored");
    }

    [Fact]
    public async Task Failed_writes_of_the_last_use_fail_no_request()
    {
        await using var bank = await IsolatedBank.StartAsync(server);
        var customer = await bank.RegisterAsync();
        var program = customer.WithKey((await customer.CreateKeyAsync()).Text);
        await bank.Database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RAISE EXCEPTION USING ERRCODE = ''read_only_sql_transaction''; END';
            CREATE TRIGGER refuse BEFORE UPDATE ON keys FOR EACH STATEMENT EXECUTE FUNCTION refuse();
            """);

        for (var request = 0; request < 20; request++)
            (await program.StatusAsync()).ShouldBe(HttpStatusCode.OK);

        await bank.Database.ExecuteAsync("DROP TRIGGER refuse ON keys");
        await bank.Database.ExecuteAsync("UPDATE users SET username = username");
        await Eventually.TrueAsync(
            async () =>
            {
                (await program.StatusAsync()).ShouldBe(HttpStatusCode.OK);
                return await bank.Database.ScalarAsync<bool>(
                    "SELECT bool_and(last_used_at IS NOT NULL) FROM keys");
            },
            "a later use is stored");
    }

    [Fact]
    public async Task Keys_work_while_notifications_are_lost_and_not_past_their_end()
    {
        await using var bank = await IsolatedBank.StartAsync(server);
        var customer = await bank.RegisterAsync();
        var (id, text) = await customer.CreateKeyAsync();
        var program = customer.WithKey(text);
        (await program.StatusAsync()).ShouldBe(HttpStatusCode.OK);

        await bank.Database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
        await bank.Database.ExecuteAsync("DELETE FROM keys WHERE id = $1", id);

        await Eventually.TrueAsync(
            async () => await program.StatusAsync() == HttpStatusCode.Unauthorized, "the key is refused");
        (await customer.StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>The medians of first sign-ins with a password and with a key, in milliseconds.</summary>
    static async Task<(double Password, double Key)> ColdSignInsAsync(Uri address)
    {
        var (passwords, keys) = (new List<double>(), new List<double>());

        for (var round = 0; round < 5; round++)
        {
            var customer = await Customer.RegisterAsync(address);
            passwords.Add(await MillisecondsAsync(customer));
            keys.Add(await MillisecondsAsync(customer.WithKey((await customer.CreateKeyAsync()).Text)));
        }

        return (passwords.Order().ElementAt(2), keys.Order().ElementAt(2));
    }

    static async Task<double> MillisecondsAsync(Customer customer)
    {
        var since = Stopwatch.StartNew();
        (await customer.StatusAsync()).ShouldBe(HttpStatusCode.OK);
        return since.Elapsed.TotalMilliseconds;
    }

    static async Task<HttpStatusCode> StatusAsync(HttpClient http, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/me");
        request.Headers.Authorization = new("Bearer", key);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
