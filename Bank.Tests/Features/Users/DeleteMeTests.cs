using System.Net;
using System.Net.Http.Json;
using Bank.Tests.Harness;
using Npgsql;

namespace Bank.Tests.Features.Users;

public sealed class DeleteMeTests(BankServer bank)
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task A_deleted_user_cannot_sign_in_and_is_not_found(string slash)
    {
        var customer = await bank.RegisterAsync();
        var other = await bank.RegisterAsync();

        using var response = await customer.Http.DeleteAsync($"/auth/me{slash}");

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await response.Content.ReadAsStringAsync()).ShouldBeEmpty();
        using var after = await customer.Http.GetAsync("/auth/me");
        await after.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        using var sought = await other.Http.GetAsync($"/users/{customer.Username}");
        await sought.ShouldBeProblemAsync(HttpStatusCode.NotFound, "user_not_found");
    }

    [Fact]
    public async Task The_name_of_a_deleted_user_stays_taken()
    {
        var customer = await bank.RegisterAsync();
        await LeaveAsync(customer);
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.PostAsJsonAsync(
            "/auth/register", new { username = customer.Username, password = Customer.Password });

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "username_taken");
    }

    [Fact]
    public async Task Deleting_a_user_closes_the_accounts_and_keeps_postings()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);
        var (other, others) = await bank.RegisterAsync(5m);
        using var paid = await customer.TransferAsync(accounts[0], others[0], 10m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        await LeaveAsync(customer);

        (await OpenAccountsAsync(customer)).ShouldBe(0);
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
        await bank.Ledger.ShouldHoldAsync([.. accounts, .. others]);
        (await other.Http.GetAsync(paid.Headers.Location)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var back = await other.TransferAsync(others[0], accounts[0], 1m);
        await back.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_closed");
    }

    [Fact]
    public async Task A_user_with_money_is_not_deleted_and_keeps_the_accounts()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 0.01m);

        using var response = await customer.Http.DeleteAsync("/auth/me");

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "accounts_not_empty");
        (await OpenAccountsAsync(customer)).ShouldBe(2);
        (await customer.BalanceAsync(accounts[1])).ShouldBe(0.01m);
    }

    [Fact]
    public async Task Deleting_a_user_keeps_earlier_closing_times()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var closed = await customer.Http.DeleteAsync($"/accounts/{accounts[0]}");
        var before = await ClosedAtAsync(accounts[0]);

        await LeaveAsync(customer);

        (await ClosedAtAsync(accounts[0])).ShouldBe(before);
    }

    [Fact]
    public async Task Deleting_a_user_requires_authentication()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.DeleteAsync("/auth/me");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Concurrent_deletions_of_a_user_succeed()
    {
        var customer = await bank.RegisterAsync();

        var responses = await Burst.OfAsync(4, _ => customer.Http.DeleteAsync("/auth/me"));

        responses.Count(response => response.StatusCode == HttpStatusCode.NoContent).ShouldBeGreaterThan(0);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Concurrent_openings_leave_a_deleted_user_no_open_account()
    {
        for (var round = 0; round < 5; round++)
        {
            var (customer, _) = await bank.RegisterAsync(0m);

            var responses = await Burst.OfAsync(16, index => index == 8
                ? customer.Http.DeleteAsync("/auth/me")
                : customer.Http.PostAsync("/accounts/", null));

            responses[8].StatusCode.ShouldBe(HttpStatusCode.NoContent);
            (await OpenAccountsAsync(customer)).ShouldBe(0);
            responses.ShouldAllBe(response => IsBeforeOrAfter(response));
        }
    }

    [Fact]
    public async Task A_payment_during_deletion_keeps_the_user_or_is_refused()
    {
        for (var round = 0; round < 5; round++)
        {
            var (customer, accounts) = await bank.RegisterAsync(0m);
            var (payer, from) = await bank.RegisterAsync(16m);

            var responses = await Burst.OfAsync(16, index => index == 2
                ? customer.Http.DeleteAsync("/auth/me")
                : payer.TransferAsync(from[0], accounts[0], 1m));

            var hasLeft = responses[2].StatusCode == HttpStatusCode.NoContent;
            (await OpenAccountsAsync(customer)).ShouldBe(hasLeft ? 0 : 1);
            (await bank.Ledger.SumAsync(accounts)).ShouldBe(
                hasLeft ? 0 : responses.Count(response => response.StatusCode == HttpStatusCode.Created));
            await bank.Ledger.ShouldHoldAsync([.. accounts, .. from]);
        }
    }

    [Fact]
    public async Task No_account_is_opened_after_waiting_for_a_deletion()
    {
        var customer = await bank.RegisterAsync();
        await using var leaving = await bank.Database.OpenConnectionAsync();
        await using var transaction = await leaving.BeginTransactionAsync();
        await using var remove = new NpgsqlCommand(
            "UPDATE users SET removed_at = now() WHERE username = $1 RETURNING pg_backend_pid()", leaving)
        {
            Parameters = { new NpgsqlParameter { Value = customer.Username } },
        };
        var blocker = (int)(await remove.ExecuteScalarAsync())!;

        var opening = customer.Http.PostAsync("/accounts/", null);
        await Eventually.TrueAsync(() => IsWaitedForAsync(blocker), "the account waits");
        await transaction.CommitAsync();

        using var response = await opening;
        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        response.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Basic");
        (await OpenAccountsAsync(customer)).ShouldBe(0);
    }

    [Fact]
    public async Task Deletion_with_money_left_does_not_wait_for_locked_accounts()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 1m);
        await bank.Database.ExecuteAsync(
            "INSERT INTO accounts (user_id) SELECT $1 FROM generate_series(1, 20000)",
            await customer.IdAsync());
        await using var locked = await LockedAccounts.LockAsync(bank.Database, accounts);

        using var response = await customer.Http.DeleteAsync("/auth/me");

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "accounts_not_empty");
    }

    [Fact]
    public async Task Repeated_deletions_with_a_locked_account_delay_no_deposit()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m, 0m);
        await using var locked = await LockedAccounts.LockAsync(bank.Database, accounts[1]);

        var responses = await Burst.OfAsync(32, index => index % 2 == 0
            ? customer.Http.DeleteAsync("/auth/me")
            : customer.DepositAsync(accounts[0], 1m));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(16);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "accounts_not_empty");
        (await customer.BalanceAsync(accounts[0])).ShouldBe(17m);
    }

    [Fact]
    public async Task Deletion_does_not_wait_for_locked_closed_accounts()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var closed = await customer.Http.DeleteAsync($"/accounts/{accounts[0]}");
        await using var locked = await LockedAccounts.LockAsync(bank.Database, accounts);

        await LeaveAsync(customer);
    }

    static bool IsBeforeOrAfter(HttpResponseMessage response) => response.StatusCode
        is HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.Unauthorized
        or HttpStatusCode.TooManyRequests;

    static async Task LeaveAsync(Customer customer)
    {
        using var response = await customer.Http.DeleteAsync("/auth/me");
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    Task<long> OpenAccountsAsync(Customer customer) => bank.Database.ScalarAsync<long>(
        """
        SELECT count(*)
        FROM accounts
        JOIN users ON users.id = user_id
        WHERE username = $1 AND closed_at IS NULL
        """,
        customer.Username);

    Task<DateTime> ClosedAtAsync(long account) =>
        bank.Database.ScalarAsync<DateTime>("SELECT closed_at FROM accounts WHERE id = $1", account);

    Task<bool> IsWaitedForAsync(int backend) => bank.Database.ScalarAsync<bool>(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid)))", backend);
}
