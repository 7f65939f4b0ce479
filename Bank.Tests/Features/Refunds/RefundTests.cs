using System.Net;
using Bank.Features.Refunds;
using Bank.Infrastructure.GroupCommit;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Refunds;

public sealed class RefundTests(BankServer bank)
{
    [Fact]
    public async Task A_partial_refund_and_its_original_name_each_other()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (payee, to) = await bank.RegisterAsync(5m);
        var original = await payer.PayAsync(from[0], to[0], 60m);

        using var response = await payee.PostAsync(
            $"/transactions/{original}/refund", """{"amount": 20.5, "reference": "Returned"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var refund = await response.JsonAsync();
        refund.Names().ShouldBe(
            ["id", "from", "to", "amount", "balance", "created_at", "reference", "refund_of"]);
        refund.GetProperty("from").GetInt64().ShouldBe(to[0]);
        refund.GetProperty("to").GetInt64().ShouldBe(from[0]);
        refund.GetProperty("amount").GetRawText().ShouldBe("20.50");
        refund.GetProperty("balance").GetRawText().ShouldBe("44.50");
        refund.GetProperty("created_at").ShouldBeUtcNow();
        refund.GetProperty("refund_of").GetGuid().ShouldBe(original);
        var id = refund.GetProperty("id").GetGuid();
        (await payee.Http.GetStringAsync(response.Headers.Location))
            .ShouldBe(await response.Content.ReadAsStringAsync());
        (await payer.HistoryAsync(from[0])).Last().GetProperty("refund_of").GetGuid().ShouldBe(original);
        (await payee.HistoryAsync(to[0])).Last().GetProperty("refund_of").GetGuid().ShouldBe(original);
        var sentBack = await payer.TransactionAsync(original);
        sentBack.Names().ShouldBe(
            ["id", "from", "to", "amount", "balance", "created_at", "refunded", "refunds"]);
        sentBack.GetProperty("refunded").GetRawText().ShouldBe("20.50");
        sentBack.GetProperty("refunds").EnumerateArray().Select(one => one.GetGuid()).ShouldBe([id]);
        (await payer.BalanceAsync(from[0])).ShouldBe(60.5m);
        await bank.Ledger.ShouldHoldAsync([.. from, .. to]);
    }

    [Fact]
    public async Task A_refund_without_an_amount_refunds_the_rest()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var original = await customer.PayAsync(accounts[0], accounts[1], 60m);
        using var part = await customer.RefundAsync(original, 20m);

        using var rest = await customer.RefundAsync(original);
        using var more = await customer.RefundAsync(original);

        var refund = await rest.JsonAsync();
        refund.GetProperty("amount").GetRawText().ShouldBe("40.00");
        await more.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "refund_exceeds_rest");
        var sentBack = await customer.TransactionAsync(original);
        sentBack.GetProperty("refunded").GetRawText().ShouldBe("60.00");
        sentBack.GetProperty("refunds").EnumerateArray().Select(one => one.GetGuid()).ShouldBe(
            [refund.GetProperty("id").GetGuid(), (await part.JsonAsync()).GetProperty("id").GetGuid()]);
        (await customer.BalanceAsync(accounts[0])).ShouldBe(100m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    public async Task A_refund_without_a_body_refunds_the_whole_amount(string? contentType)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var paid = await customer.PayAsync(accounts[0], accounts[1], 60m);

        using var response = await customer.PostNothingAsync($"/transactions/{paid}/refund", contentType);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await response.JsonAsync()).GetProperty("amount").GetRawText().ShouldBe("60.00");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_captured_hold_is_refunded_like_a_transfer()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        using var captured = await customer.CaptureAsync(
            await customer.HoldAsync(accounts[0], accounts[1], 60m), 50m);

        using var response = await customer.RefundAsync(
            (await captured.JsonAsync()).GetProperty("id").GetGuid());

        (await response.JsonAsync()).GetProperty("amount").GetRawText().ShouldBe("50.00");
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Concurrent_refunds_never_exceed_the_original_amount()
    {
        var (customer, accounts) = await bank.RegisterAsync(500m, 500m);
        var original = await customer.PayAsync(accounts[0], accounts[1], 100m);

        var responses = await Burst.OfAsync(
            40,
            index => index % 10 == 9 ? customer.RefundAsync(original) : customer.RefundAsync(original, 7m));

        responses.ShouldContain(response => response.IsSuccessStatusCode);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "refund_exceeds_rest");
        (await customer.TransactionAsync(original)).GetProperty("refunded").GetRawText().ShouldBe("100.00");
        (await customer.BalanceAsync(accounts[0])).ShouldBe(500m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Refunds_by_several_instances_never_exceed_the_original()
    {
        var (customer, accounts) = await bank.RegisterAsync(500m, 500m);
        var caller = await customer.IdAsync();
        GroupCommitter[] instances =
        [
            .. Enumerable.Range(0, 4).Select(_ => bank.Services.CreateGroupCommitter(
                new GroupCommitOptions { MinQueriesInFlight = 2 })),
        ];

        for (var round = 0; round < 10; round++)
        {
            var original = await customer.PayAsync(accounts[0], accounts[1], 10m);
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 24).Select(index => instances[index % 4].PostAsync(
                RefundQuery.Command(
                    caller, new(original, accounts[0], accounts[1]),
                    new(original, index % 6 == 5 ? null : 1m)))));

            answers.Where(answer => answer.IsPosted).Sum(answer => answer.Transaction.Amount).ShouldBe(10m);
            answers.Where(answer => !answer.IsPosted)
                .ShouldAllBe(answer => answer.Outcome == "refund_exceeds_rest");
        }

        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_refund_above_the_rest_moves_nothing()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 100m);
        var original = await customer.PayAsync(accounts[0], accounts[1], 60m);
        (await customer.RefundAsync(original, 30m)).EnsureSuccessStatusCode();
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.RefundAsync(original, 30.01m);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "refund_exceeds_rest");
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task Only_the_payee_may_refund_a_transaction()
    {
        var (payer, from) = await bank.RegisterAsync(100m);
        var (_, to) = await bank.RegisterAsync(0m);
        var stranger = await bank.RegisterAsync();
        var original = await payer.PayAsync(from[0], to[0], 60m);
        var before = await bank.Ledger.AccountsAsync([.. from, .. to]);

        using var own = await payer.RefundAsync(original);
        using var others = await stranger.RefundAsync(original);
        using var nobodys = await payer.RefundAsync(Guid.NewGuid());

        await own.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "not_refundable");
        await others.ShouldBeProblemAsync(HttpStatusCode.NotFound, "transaction_not_found");
        await nobodys.ShouldBeProblemAsync(HttpStatusCode.NotFound, "transaction_not_found");
        (await bank.Ledger.AccountsAsync([.. from, .. to])).ShouldBe(before);
    }

    [Fact]
    public async Task Deposits_withdrawals_and_refunds_are_not_refundable()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var original = await customer.PayAsync(accounts[0], accounts[1], 60m);
        using var deposit = await customer.DepositAsync(accounts[0], 10m);
        using var withdrawal = await customer.WithdrawAsync(accounts[0], 10m);
        using var refund = await customer.RefundAsync(original, 10m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        foreach (var other in new[] { deposit, withdrawal, refund })
        {
            using var response = await customer.RefundAsync(
                (await other.JsonAsync()).GetProperty("id").GetGuid());
            await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "not_refundable");
        }

        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task Spent_or_held_money_is_not_refunded()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var original = await customer.PayAsync(accounts[0], accounts[1], 60m);
        (await customer.WithdrawAsync(accounts[1], 20m)).EnsureSuccessStatusCode();
        await customer.HoldAsync(accounts[1], accounts[0], 30m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.RefundAsync(original, 10.01m);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_refund_into_a_closed_account_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(60m, 0m);
        var original = await customer.PayAsync(accounts[0], accounts[1], 60m);
        (await customer.Http.DeleteAsync($"/accounts/{accounts[0]}")).EnsureSuccessStatusCode();
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.RefundAsync(original);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "account_closed");
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_refund_beyond_the_balance_limit_is_refused()
    {
        var (customer, accounts) = await bank.RegisterAsync(60m, 0m);
        var original = await customer.PayAsync(accounts[0], accounts[1], 60m);
        await bank.Ledger.FundAsync(accounts[0], 9_999_999_999_999_989.99m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.RefundAsync(original);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "balance_limit_exceeded");
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_refund_requires_authentication()
    {
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.PostAsync(
            $"/transactions/{Guid.NewGuid()}/refund",
            new StringContent("{}", mediaType: new("application/json")));

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task An_invalid_refund_is_refused()
    {
        var customer = await bank.RegisterAsync();

        using var amount = await customer.RefundAsync(Guid.NewGuid(), 0.005m);
        using var nothing = await customer.RefundAsync(Guid.NewGuid(), 0m);
        using var reference = await customer.PostAsync(
            $"/transactions/{Guid.NewGuid()}/refund", """{"reference": "two\nlines"}""");
        using var key = await customer.RefundAsync(Guid.NewGuid(), key: "two words");
        using var id = await customer.PostAsync("/transactions/1/refund", "{}");

        await amount.ShouldRefuseFieldAsync("amount");
        await nothing.ShouldRefuseFieldAsync("amount");
        await reference.ShouldRefuseFieldAsync("reference");
        await key.ShouldRefuseFieldAsync("Idempotency-Key");
        await id.ShouldRefuseFieldAsync("id");
    }

    [Fact]
    public async Task A_replayed_refund_moves_money_once()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 7m);
        var original = await customer.PayAsync(accounts[0], accounts[1], 60m);

        using var first = await customer.RefundAsync(original, key: "all");
        using var again = await customer.RefundAsync(original, key: "all");
        using var other = await customer.RefundAsync(original, 1m, "all");
        using var refused = await customer.RefundAsync(original, 2m, "none");
        using var refusedAgain = await customer.RefundAsync(original, 2m, "none");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        await again.ShouldReplayAsync(first);
        await other.ShouldBeReusedAsync();
        await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "refund_exceeds_rest");
        await refusedAgain.ShouldReplayAsync(refused);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_transaction_lists_its_latest_100_refunds()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var original = await customer.PayAsync(accounts[0], accounts[1], 2m);
        var responses = await Burst.OfAsync(105, _ => customer.RefundAsync(original, 0.01m));
        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);

        var sentBack = await customer.TransactionAsync(original);

        sentBack.GetProperty("refunded").GetRawText().ShouldBe("1.05");
        sentBack.GetProperty("refunds").EnumerateArray().Select(one => one.GetGuid()).ShouldBe(
            (await customer.HistoryAsync(accounts[0])).Reverse().Take(100)
                .Select(item => item.GetProperty("id").GetGuid()));
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public Task Refund_rolls_back_if_one_account_is_not_updated(int lost) =>
        bank.ShouldRollBackTheQueryAsync(
            new RefundQuery(), lost,
            (caller, accounts) => RefundQuery.Command(
                caller, new(Guid.Empty, accounts[1], accounts[0]), new(Guid.Empty, 10m)),
            Received);

    [Fact]
    public Task Refund_query_cost_is_linear_in_the_group_size() => bank.ShouldBeLinearAsync(
        typeof(RefundQuery), ["from", "to"], Originals,
        ("originals", "uuid[]", (accounts, number) => $"00000000-0000-0000-{accounts:D4}-{number:D12}"));

    /// <summary>A transfer with the empty id: the first account received 20 from the second.</summary>
    static string Received(long[] accounts) =>
        $"""
        UPDATE accounts SET balance = CASE id WHEN {accounts[0]} THEN 12000 ELSE 8000 END, version = 2;
        INSERT INTO transactions (
            id, from_account_id, to_account_id, amount, from_balance, to_balance,
            from_version, to_version, created_at)
        VALUES ('{Guid.Empty}', {accounts[1]}, {accounts[0]}, 2000, 8000, 12000, 2, 2, now())
        """;

    /// <summary>Refunded transfers of 9 cents: 500 spread over 1000 accounts and 500 on two.</summary>
    const string Originals =
        """
        INSERT INTO transactions (
            id, from_account_id, to_account_id, amount, from_balance, to_balance,
            from_version, to_version, created_at)
        SELECT ('00000000-0000-0000-' || lpad(accounts::text, 4, '0')
                   || '-' || lpad(number::text, 12, '0'))::uuid,
               1 + (2 * number + 1) % accounts, 1 + 2 * number % accounts, 9, 9, 9,
               accounts + number, accounts + number, now()
        FROM (VALUES (1000), (2)) AS crowd (accounts), generate_series(0, 499) AS number;
        INSERT INTO transactions (
            id, from_account_id, to_account_id, amount, from_balance, to_balance,
            from_version, to_version, refund_of, refund_number, refund_left, created_at)
        SELECT gen_random_uuid(), to_account_id, from_account_id, 1, 9, 9,
               5000 + from_version, 5000 + to_version, id, 1, 8, now()
        FROM transactions
        """;
}
