using System.Net;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Accounts;

public sealed class CloseAccountTests(BankServer bank)
{
    /// <summary>Every movement into or out of a closed account.</summary>
    public static TheoryData<string> Movements =>
        ["deposit", "withdrawal", "transfer from it", "transfer to it"];

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task An_empty_account_is_closed_and_remains_visible(string slash)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var response = await customer.Http.DeleteAsync($"/accounts/{accounts[0]}{slash}");

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await response.Content.ReadAsStringAsync()).ShouldBeEmpty();
        var account = await ReadAsync(customer, accounts[0]);
        account.Names().ShouldBe(["id", "balance", "available", "created_at", "closed_at"]);
        account.GetProperty("closed_at").ShouldBeUtcNow();
        (await customer.Http.GetStringAsync("/accounts/")).ShouldBe($"[{account.GetRawText()}]");
    }

    [Fact]
    public async Task A_closed_account_keeps_its_history()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m);
        using var withdrawal = await customer.WithdrawAsync(accounts[0], 10m);
        var before = await customer.HistoryAsync(accounts[0]);

        await CloseAsync(customer, accounts[0]);

        (await customer.HistoryAsync(accounts[0])).Select(entry => entry.GetRawText())
            .ShouldBe(before.Select(entry => entry.GetRawText()));
        (await customer.Http.GetStringAsync(withdrawal.Headers.Location))
            .ShouldBe(await withdrawal.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_account_with_a_balance_is_not_closed()
    {
        var (customer, accounts) = await bank.RegisterAsync(0.01m);

        using var response = await customer.Http.DeleteAsync($"/accounts/{accounts[0]}");

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_not_empty");
        (await ReadAsync(customer, accounts[0])).TryGetProperty("closed_at", out _).ShouldBeFalse();
        using var deposit = await customer.DepositAsync(accounts[0], 1m);
        deposit.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Closing_a_closed_account_changes_nothing()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        await CloseAsync(customer, accounts[0]);
        var before = (await ReadAsync(customer, accounts[0])).GetRawText();

        await CloseAsync(customer, accounts[0]);

        (await ReadAsync(customer, accounts[0])).GetRawText().ShouldBe(before);
    }

    [Fact]
    public async Task Closing_another_users_account_is_not_found()
    {
        var (owner, accounts) = await bank.RegisterAsync(0m);
        var stranger = await bank.RegisterAsync();

        using var elses = await stranger.Http.DeleteAsync($"/accounts/{accounts[0]}");
        using var nobodys = await stranger.Http.DeleteAsync("/accounts/9223372036854775807");

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
        (await ReadAsync(owner, accounts[0])).TryGetProperty("closed_at", out _).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Ids.RefusedInPaths), MemberType = typeof(Ids))]
    public async Task Closing_with_an_invalid_account_id_is_refused(string id)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.DeleteAsync($"/accounts/{id}");

        await response.ShouldRefuseFieldAsync("id");
    }

    [Fact]
    public async Task Closing_an_account_requires_authentication()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.DeleteAsync($"/accounts/{accounts[0]}");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        (await ReadAsync(customer, accounts[0])).TryGetProperty("closed_at", out _).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Movements))]
    public async Task No_money_moves_into_or_out_of_a_closed_account(string movement)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 100m);
        await CloseAsync(customer, accounts[0]);
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await MoveAsync(customer, movement, accounts[0], accounts[1]);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_closed");
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Movements))]
    public async Task A_refusal_for_a_closed_account_is_replayed(string movement)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 100m);
        await CloseAsync(customer, accounts[0]);

        using var keyed = await MoveAsync(customer, movement, accounts[0], accounts[1], "key");
        using var again = await MoveAsync(customer, movement, accounts[0], accounts[1], "key");

        await keyed.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_closed");
        (await again.Content.ReadAsStringAsync()).ShouldBe(await keyed.Content.ReadAsStringAsync());
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
    }

    [Fact]
    public async Task A_deposit_is_replayed_after_its_account_was_closed()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var first = await customer.DepositAsync(accounts[0], 10m, "key");
        using var withdrawal = await customer.WithdrawAsync(accounts[0], 10m);
        await CloseAsync(customer, accounts[0]);

        using var again = await customer.DepositAsync(accounts[0], 10m, "key");

        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Closing_during_transfers_leaves_no_money_behind()
    {
        var (customer, accounts) = await bank.RegisterAsync([1000m, .. new decimal[10]]);
        var source = accounts[0];

        var responses = await Burst.OfAsync(200, index => (index % 4) switch
        {
            0 => customer.Http.DeleteAsync($"/accounts/{accounts[1 + index / 4 % 10]}"),
            1 => customer.TransferAsync(accounts[1 + index / 4 % 10], source, 1m),
            _ => customer.TransferAsync(source, accounts[1 + index / 4 % 10], 1m),
        });

        responses.ShouldAllBe(response =>
            response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.BadRequest);
        (await LeftInClosedAccountsAsync(accounts)).ShouldBeEmpty();
        await bank.Ledger.ShouldHoldAsync(accounts);
        (await bank.Ledger.SumAsync(accounts)).ShouldBe(1000m);
    }

    [Fact]
    public async Task Closing_a_locked_nonempty_account_is_refused_at_once()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        await using var locked = await LockedAccounts.LockAsync(bank.Database, accounts);

        using var response = await customer.Http.DeleteAsync($"/accounts/{accounts[0]}");

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_not_empty");
    }

    static Task<HttpResponseMessage> MoveAsync(
        Customer customer, string movement, long closed, long open, string? key = null) =>
        movement switch
        {
            "deposit" => customer.DepositAsync(closed, 1m, key),
            "withdrawal" => customer.WithdrawAsync(closed, 1m, key),
            "transfer from it" => customer.TransferAsync(closed, open, 1m, key),
            _ => customer.TransferAsync(open, closed, 1m, key),
        };

    static async Task CloseAsync(Customer customer, long account)
    {
        using var response = await customer.Http.DeleteAsync($"/accounts/{account}");
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    static async Task<JsonElement> ReadAsync(Customer customer, long account)
    {
        using var response = await customer.Http.GetAsync($"/accounts/{account}");
        return await response.EnsureSuccessStatusCode().JsonAsync();
    }

    Task<long[]> LeftInClosedAccountsAsync(long[] accounts) => bank.Database.QueryAsync(
        """
        SELECT id
        FROM accounts
        WHERE id = ANY ($1) AND closed_at IS NOT NULL
          AND (balance <> 0 OR EXISTS (
              SELECT
              FROM transactions
              WHERE accounts.id IN (from_account_id, to_account_id) AND transactions.created_at > closed_at))
        """,
        row => row.GetInt64(0),
        accounts);
}
