using System.Net;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Idempotency;

public sealed class IdempotencyTests(BankServer bank)
{
    const string Deposit = "/transactions/deposit";
    const string Withdrawal = "/transactions/withdrawal";
    const string Transfer = "/transactions/transfer";

    [Theory]
    [InlineData(Deposit)]
    [InlineData(Withdrawal)]
    [InlineData(Transfer)]
    public async Task Replayed_command_moves_nothing_and_repeats_the_response(string path)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        using var first = await customer.PostAsync(path, Body(accounts, "10"), "key");
        var after = await bank.Ledger.AccountsAsync(accounts);

        using var second = await customer.PostAsync(path, Body(accounts, "10"), "key");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        await second.ShouldReplayAsync(first);
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(after);
    }

    [Theory]
    [InlineData(Withdrawal, "100.01", HttpStatusCode.BadRequest)]
    [InlineData(Transfer, "100.01", HttpStatusCode.BadRequest)]
    public async Task Replayed_refusal_stays_refused_after_funds_arrive(
        string path, string amount, HttpStatusCode status)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        using var first = await customer.PostAsync(path, Body(accounts, amount), "key");
        using var deposit = await customer.DepositAsync(accounts[0], 100m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var second = await customer.PostAsync(path, Body(accounts, amount), "key");

        first.StatusCode.ShouldBe(status);
        await second.ShouldReplayAsync(first);
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [InlineData(Deposit)]
    [InlineData(Withdrawal)]
    [InlineData(Transfer)]
    public async Task Replayed_404_repeats_the_first_response(string path)
    {
        var customer = await bank.RegisterAsync();
        long[] nobodys = [long.MaxValue, long.MaxValue - 1];
        using var first = await customer.PostAsync(path, Body(nobodys, "10"), "key");

        using var second = await customer.PostAsync(path, Body(nobodys, "10"), "key");

        first.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await second.ShouldReplayAsync(first);
    }

    [Fact]
    public async Task Replay_shows_the_balance_of_the_original_posting()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);
        using var first = await customer.WithdrawAsync(accounts[0], 10m, "key");
        using var other = await customer.WithdrawAsync(accounts[0], 50m);

        using var second = await customer.WithdrawAsync(accounts[0], 10m, "key");

        await second.ShouldReplayAsync(first);
        (await second.JsonAsync()).GetProperty("balance").GetRawText().ShouldBe("90.00");
    }

    [Theory]
    [InlineData("""{"account_id":ID,"amount":10}""")]
    [InlineData("""{ "account_id" : ID , "amount" : 10.0 }""")]
    [InlineData("""{"amount":10.00,"account_id":ID}""")]
    [InlineData("""{"account_id":ID,"amount":"10.000"}""")]
    [InlineData("""{"account_id":"ID","amount":1e1}""")]
    [InlineData("""{"account_id":ID,"amount":10,"memo":"unknown"}""")]
    public async Task Equivalent_JSON_body_with_the_same_key_is_a_replay(string body)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var first = await customer.DepositAsync(accounts[0], 10m, "key");

        using var second = await customer.PostAsync(Deposit, body.Replace("ID", $"{accounts[0]}"), "key");

        await second.ShouldReplayAsync(first);
    }

    [Fact]
    public async Task Equivalent_path_with_the_same_key_is_a_replay()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 0m);
        using var first = await customer.PostAsync(Deposit, Body(accounts, "10"), "key");

        using var second = await customer.PostAsync(
            "/Transactions/DEPOSIT/?x=1", Body(accounts, "10"), "key");

        await second.ShouldReplayAsync(first);
    }

    [Fact]
    public async Task Key_reused_with_another_body_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 0m);
        using var first = await customer.DepositAsync(accounts[0], 10m, "key");
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var otherAmount = await customer.DepositAsync(accounts[0], 10.01m, "key");
        using var otherAccount = await customer.DepositAsync(accounts[1], 10m, "key");

        await otherAmount.ShouldBeReusedAsync();
        await otherAccount.ShouldBeReusedAsync();
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [InlineData(Deposit, Withdrawal)]
    [InlineData(Withdrawal, Transfer)]
    [InlineData(Transfer, Deposit)]
    public async Task Key_reused_at_another_endpoint_is_refused(
        string path, string otherPath)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 100m);
        using var first = await customer.PostAsync(path, Body(accounts, "10"), "key");
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var second = await customer.PostAsync(otherPath, Body(accounts, "10"), "key");

        await second.ShouldBeReusedAsync();
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [InlineData(Deposit, Withdrawal)]
    [InlineData(Deposit, Transfer)]
    [InlineData(Withdrawal, Deposit)]
    [InlineData(Withdrawal, Transfer)]
    [InlineData(Transfer, Deposit)]
    [InlineData(Transfer, Withdrawal)]
    public async Task Key_of_a_refusal_reused_at_another_endpoint_is_refused(
        string path, string otherPath)
    {
        var customer = await bank.RegisterAsync();
        long[] nobodys = [long.MaxValue, long.MaxValue - 1];
        using var first = await customer.PostAsync(path, Body(nobodys, "10"), "key");

        using var second = await customer.PostAsync(otherPath, Body(nobodys, "10"), "key");

        first.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await second.ShouldBeReusedAsync();
    }

    [Fact]
    public async Task Request_failing_validation_claims_no_key()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var first = await customer.DepositAsync(accounts[0], 0m, "key");

        using var second = await customer.DepositAsync(accounts[0], 10m, "key");

        first.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        second.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
    }

    [Fact]
    public async Task Keys_of_different_users_are_independent()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        var (other, otherAccounts) = await bank.RegisterAsync(0m);

        using var first = await customer.DepositAsync(accounts[0], 10m, "key");
        using var second = await other.DepositAsync(otherAccounts[0], 20m, "key");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        (await other.BalanceAsync(otherAccounts[0])).ShouldBe(20m);
    }

    [Fact]
    public async Task Keys_are_case_sensitive()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        using var lower = await customer.DepositAsync(accounts[0], 10m, "key");
        using var upper = await customer.DepositAsync(accounts[0], 10m, "KEY");

        upper.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await customer.BalanceAsync(accounts[0])).ShouldBe(20m);
    }

    [Fact]
    public async Task Key_with_non_ASCII_characters_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var handler = new SocketsHttpHandler
        {
            RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8,
        };

        using var response = await customer.At(bank.Address, handler).DepositAsync(accounts[0], 10m, "clé");

        await response.ShouldRefuseFieldAsync("Idempotency-Key");
        (await customer.BalanceAsync(accounts[0])).ShouldBe(0m);
    }

    [Theory]
    [InlineData(Deposit, "10")]
    [InlineData(Withdrawal, "10")]
    [InlineData(Withdrawal, "600")]
    [InlineData(Withdrawal, "1000.01")]
    [InlineData(Transfer, "10")]
    [InlineData(Transfer, "600")]
    [InlineData(Transfer, "1000.01")]
    public async Task Concurrent_duplicates_post_once_and_share_one_response(
        string path, string amount)
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 0m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        var responses = await Burst.OfAsync(
            64, _ => customer.PostAsync(path, Body(accounts, amount), "key"));

        var first = responses
            .Where(response => !response.Headers.Contains("Idempotent-Replayed")).ShouldHaveSingleItem();

        foreach (var repeat in responses.Where(response => response != first))
            await repeat.ShouldReplayAsync(first);

        (await bank.Ledger.AccountsAsync(accounts[0])).ShouldHaveSingleItem().Version
            .ShouldBe(before[0].Version + (first.StatusCode == HttpStatusCode.Created ? 1 : 0));
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Concurrent_duplicates_of_many_keys_post_once_each()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 100m);

        // Each of 20 keys comes four times, the odd ones against the direction of the even ones.
        var responses = await Burst.OfAsync(80, index => customer.TransferAsync(
            accounts[index % 2], accounts[(index + 1) % 2], 1m, $"key-{index % 20}"));

        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
        responses.Count(response => !response.Headers.Contains("Idempotent-Replayed")).ShouldBe(20);
        responses.Select(response => response.Headers.Location).Distinct().Count().ShouldBe(20);
        (await bank.Ledger.AccountsAsync(accounts)).ShouldAllBe(account => account.Version == 21);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Two_concurrent_bodies_with_one_key_post_only_one_of_them()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);

        var responses = await Burst.OfAsync(
            40, index => customer.DepositAsync(accounts[0], index % 2 == 0 ? 10m : 20m, "key"));

        var amount = await customer.BalanceAsync(accounts[0]);
        var isEven = amount == 10m;
        (isEven || amount == 20m).ShouldBeTrue($"the balance is {amount}");
        responses.Where((_, index) => index % 2 == 0 == isEven)
            .ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);

        foreach (var loser in responses.Where((_, index) => index % 2 == 0 != isEven))
            await loser.ShouldBeReusedAsync();
    }

    /// <summary>A body that every money slice takes: each reads its own fields of it.</summary>
    static string Body(long[] accounts, string amount) =>
        $$"""
        {"account_id": {{accounts[0]}}, "from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": {{amount}}}
        """;
}
