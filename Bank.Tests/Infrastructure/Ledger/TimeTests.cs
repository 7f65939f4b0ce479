using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Features.Transfers;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Ledger;

/// <summary>
/// The versions of an account are its order, and time follows them. An account that is ahead of the clock is
/// what a clock leaves behind that was ahead for the time of one transaction.
/// </summary>
public sealed class TimeTests(BankServer bank)
{
    const string TimesSql =
        """
        SELECT created_at
        FROM transactions
        WHERE from_account_id = $1 OR to_account_id = $1
        ORDER BY CASE WHEN from_account_id = $1 THEN from_version ELSE to_version END
        """;

    static readonly TimeSpan TenYears = TimeSpan.FromDays(3650);

    [Fact]
    public async Task Transaction_times_follow_the_versions_of_an_account()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 1000m);

        await Burst.OfAsync(200, index => (index % 4) switch
        {
            0 => customer.DepositAsync(accounts[0], 1m),
            1 => customer.WithdrawAsync(accounts[0], 1m),
            2 => customer.TransferAsync(accounts[0], accounts[1], 1m),
            _ => customer.TransferAsync(accounts[1], accounts[0], 1m),
        });

        (await bank.Ledger.AccountsAsync(accounts)).ShouldAllBe(account => account.Version > 100);
        await ShouldBeInOrderAsync(accounts);
    }

    [Fact]
    public async Task Transaction_times_never_decrease_after_a_clock_rollback()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 10m);
        var later = DateTime.UtcNow.AddHours(1);
        await bank.Database.ExecuteAsync(
            "UPDATE accounts SET posted_at = $2 WHERE id = $1", accounts[1], later);

        (await customer.TransferAsync(accounts[0], accounts[1], 1m)).Dispose();
        (await customer.DepositAsync(accounts[0], 1m)).Dispose();
        (await customer.WithdrawAsync(accounts[1], 1m)).Dispose();

        foreach (var account in accounts)
        {
            var times = await bank.Database.QueryAsync(TimesSql, row => row.GetDateTime(0), account);
            times.ShouldBe(times.Order());
            times[^1].ShouldBe(later, TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task Account_ahead_of_the_clock_leaves_others_their_time()
    {
        var owners = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => bank.RegisterAsync([.. Enumerable.Repeat(0m, 10)])));
        var accounts = owners
            .SelectMany(owner => owner.Accounts, (owner, account) => (owner.Customer, Id: account)).ToArray();
        await SetAheadAsync(TenYears, accounts[0].Id);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(async client =>
        {
            for (var turn = 0; turn < 30; turn++)
            {
                var (customer, id) = accounts[(client * 30 + turn) % accounts.Length];
                (await customer.DepositAsync(id, 1m)).EnsureSuccessStatusCode().Dispose();
            }
        }));

        (await AheadAsync([.. accounts.Select(account => account.Id)])).ShouldBe([accounts[0].Id]);
        (await bank.Ledger.SumAsync([.. accounts.Select(account => account.Id)])).ShouldBe(64 * 30m);
    }

    [Fact]
    public async Task Transfers_share_a_time_only_with_their_own_accounts()
    {
        var (customer, accounts) = await bank.RegisterAsync([.. Enumerable.Repeat(100m, 40)]);
        var caller = await customer.IdAsync();
        await SetAheadAsync(TenYears, accounts[0]);
        await SetAheadAsync(TimeSpan.FromHours(1), accounts[1], accounts[21]);
        var random = new Random(1);
        var open = Enumerable.Range(0, 400).Select(_ => Within(random.Next(2))).ToList();
        var groups = 0;

        // Undecided commands are requeued.
        for (; open.Count > 0; groups++)
        {
            var (rows, _) = await bank.PostAsync(new TransferQuery(), open);
            rows[0].Outcome.ShouldBe(PostingRow.Posted);
            open = [.. open.Where((_, index) => rows[index].Outcome is null)];
        }

        groups.ShouldBeInRange(2, 20);
        (await AheadAsync(accounts[20..])).ShouldBeEmpty();
        await ShouldBeInOrderAsync(accounts);
        await bank.Ledger.ShouldHoldAsync(accounts);

        MoneyCommand Within(int half)
        {
            var sides = random.GetItems(Enumerable.Range(20 * half, 20).ToArray(), 2);
            sides[1] = sides[0] == sides[1] ? 20 * half + (sides[0] + 1) % 20 : sides[1];
            return TransferQuery.Command(caller, new(accounts[sides[0]], accounts[sides[1]], 0.01m));
        }
    }

    [Fact]
    public async Task Transfer_waits_for_a_later_one_of_its_account()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 10m, 10m, 10m, 10m);
        var caller = await customer.IdAsync();
        await SetAheadAsync(TenYears, accounts[0]);

        var (rows, _) = await bank.PostAsync(new TransferQuery(),
        [
            TransferQuery.Command(caller, new(accounts[0], accounts[1], 1m)),
            TransferQuery.Command(caller, new(accounts[1], accounts[2], 1m)),
            TransferQuery.Command(caller, new(accounts[2], accounts[3], 1m)),
            TransferQuery.Command(caller, new(accounts[4], accounts[0], 1m)),
        ]);

        rows.Select(row => row.Outcome)
            .ShouldBe([PostingRow.Posted, null, PostingRow.Posted, PostingRow.Posted]);
        rows.ShouldAllBe(row => row.BusyId == null);
        (await AheadAsync(accounts)).ShouldBe([accounts[0], accounts[1], accounts[4]], ignoreOrder: true);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Batch_has_one_time_after_all_of_its_accounts()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 10m, 10m, 10m);
        var later = await SetAheadAsync(TimeSpan.FromHours(1), accounts[3]);

        using var response = await customer.PostBatchAsync(
            [(accounts[0], accounts[1], 1m), (accounts[2], accounts[3], 1m)], "key");
        using var repeated = await customer.PostBatchAsync(
            [(accounts[0], accounts[1], 1m), (accounts[2], accounts[3], 1m)], "key");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await repeated.Content.ReadAsStringAsync()).ShouldBe(await response.Content.ReadAsStringAsync());
        (await response.JsonAsync()).GetProperty("transactions").EnumerateArray()
            .Select(transaction => transaction.GetProperty("created_at").GetDateTime())
            .ShouldAllBe(time => time == later.AddMicroseconds(1));
    }

    [Fact]
    public async Task Key_expires_by_the_clock_and_replays_the_time()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m);
        await SetAheadAsync(TenYears, accounts[0]);

        using var response = await customer.DepositAsync(accounts[0], 1m, "ahead");
        using var repeated = await customer.DepositAsync(accounts[0], 1m, "ahead");

        (await response.JsonAsync()).GetProperty("created_at").GetDateTime()
            .ShouldBeGreaterThan(DateTime.UtcNow + TenYears / 2);
        (await repeated.Content.ReadAsStringAsync()).ShouldBe(await response.Content.ReadAsStringAsync());
        (await bank.Database.ScalarAsync<DateTime>(
                "SELECT created_at FROM idempotency_keys WHERE user_id = $1 AND key = 'ahead'",
                await customer.IdAsync()))
            .ShouldBe(DateTime.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Statement_until_now_ignores_the_time_of_others()
    {
        var (stranger, ahead) = await bank.RegisterAsync(10m);
        var (customer, accounts) = await bank.RegisterAsync(10m);
        await SetAheadAsync(TenYears, ahead[0]);
        await Burst.OfAsync(20, index => index % 2 == 0
            ? stranger.DepositAsync(ahead[0], 1m)
            : customer.DepositAsync(accounts[0], 1m));

        var own = await StatementAsync(customer, accounts[0]);
        var late = await StatementAsync(stranger, ahead[0]);

        own.GetProperty("until").ShouldBeUtcNow();
        own.GetProperty("closing_balance").GetDecimal().ShouldBe(20m);
        late.GetProperty("until").GetDateTime().ShouldBeGreaterThan(DateTime.UtcNow + TenYears / 2);
        late.GetProperty("closing_balance").GetDecimal().ShouldBe(20m);
    }

    [Fact]
    public async Task Account_opened_ahead_of_the_clock_has_statements()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        await bank.Database.ExecuteAsync(
            "UPDATE accounts SET created_at = $2 WHERE id = $1", accounts[0], DateTime.UtcNow + TenYears);

        var statement = await StatementAsync(customer, accounts[0]);
        (await customer.DepositAsync(accounts[0], 1m)).EnsureSuccessStatusCode().Dispose();
        var until = statement.GetProperty("until").GetString()!;
        var again = await StatementAsync(customer, accounts[0], $"?until={Uri.EscapeDataString(until)}");

        statement.GetProperty("until").ShouldBeUtcNow();
        again.GetRawText().ShouldBe(statement.GetRawText());
    }

    [Theory]
    [InlineData("infinity")]
    [InlineData("9999-12-31 UTC")]
    public async Task Time_of_an_account_stops_where_responses_end(string last)
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 10m, 10m);
        await bank.Database.ExecuteAsync(
            $"UPDATE accounts SET posted_at = '{last}' WHERE id = ANY ($1)", [accounts[..1]]);

        using var deposit = await customer.DepositAsync(accounts[0], 1m);
        using var transfer = await customer.TransferAsync(accounts[0], accounts[1], 1m);
        using var batch = await customer.PostBatchAsync([(accounts[0], accounts[2], 1m)]);

        foreach (var response in new[] { deposit, transfer, batch })
            response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await customer.HistoryAsync(accounts[0]))[^1].GetProperty("created_at").GetString()
            .ShouldBe("9999-12-31T00:00:00+00:00");
        (await StatementAsync(customer, accounts[0])).GetProperty("closing_balance").GetDecimal()
            .ShouldBe(9m);
    }

    static Task<JsonElement> StatementAsync(Customer customer, long account, string period = "") =>
        customer.Http.GetFromJsonAsync<JsonElement>($"/accounts/{account}/statement{period}");

    /// <summary>Sets the last posting of accounts ahead of the clock, and returns its time.</summary>
    Task<DateTime> SetAheadAsync(TimeSpan ahead, params long[] accounts) =>
        bank.Database.ScalarAsync<DateTime>(
            "UPDATE accounts SET posted_at = now() + $1 WHERE id = ANY ($2) RETURNING posted_at",
            ahead, accounts);

    /// <summary>Which of the accounts have a transaction that is more than a day ahead.</summary>
    Task<long[]> AheadAsync(long[] accounts) => bank.Database.QueryAsync(
        """
        SELECT id
        FROM accounts
        WHERE id = ANY ($1)
          AND EXISTS (
              SELECT
              FROM transactions
              WHERE accounts.id IN (from_account_id, to_account_id)
                AND transactions.created_at > now() + interval '1 day')
        """,
        row => row.GetInt64(0), accounts);

    async Task ShouldBeInOrderAsync(long[] accounts)
    {
        foreach (var account in accounts)
        {
            var times = await bank.Database.QueryAsync(TimesSql, row => row.GetDateTime(0), account);
            times.ShouldBe(times.Order());
        }
    }
}
