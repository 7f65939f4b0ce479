using System.Net;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Transfers;

public sealed class BatchTransferTests(BankServer bank)
{
    const string Path = "/transactions/batch";
    const decimal Limit = 9_999_999_999_999_999.99m;

    [Fact]
    public async Task A_batch_posts_its_transfers_in_their_order()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var (_, others) = await bank.RegisterAsync(5m);

        using var response = await customer.PostAsync(
            Path,
            $$"""
            {"transfers": [
                {"from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": 10.5, "reference": "Rent"},
                {"from": {{accounts[0]}}, "to": {{others[0]}}, "amount": "20"},
                {"from": {{accounts[1]}}, "to": {{accounts[0]}}, "amount": 0.5}]}
            """);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var body = await response.JsonAsync();
        body.Names().ShouldBe(["transactions"]);
        var posted = body.GetProperty("transactions").EnumerateArray().ToArray();
        posted.Select(one => one.Names()).ShouldBe([
            ["id", "from", "to", "amount", "balance", "created_at", "reference"],
            ["id", "from", "to", "amount", "balance", "created_at"],
            ["id", "from", "to", "amount", "balance", "created_at"]]);
        posted.Select(one => one.GetProperty("from").GetInt64())
            .ShouldBe([accounts[0], accounts[0], accounts[1]]);
        posted.Select(one => one.GetProperty("to").GetInt64())
            .ShouldBe([accounts[1], others[0], accounts[0]]);
        posted.Select(one => one.GetProperty("amount").GetRawText()).ShouldBe(["10.50", "20.00", "0.50"]);
        posted.Select(one => one.GetProperty("balance").GetRawText()).ShouldBe(["89.50", "69.50", "10.00"]);
        posted.Select(one => one.GetProperty("created_at").GetRawText()).Distinct().ShouldHaveSingleItem();
        posted[0].GetProperty("created_at").ShouldBeUtcNow();
        var ids = IdsOf(posted);
        response.Headers.Location!.ToString().ShouldBe($"/transactions/{ids[0]}");
        (await Task.WhenAll(ids.Select(bank.Ledger.TransactionAsync))).ShouldBe([
            new TransactionRow(ids[0], accounts[0], accounts[1], 10.5m, 89.5m, 10.5m, 2, 1),
            new TransactionRow(ids[1], accounts[0], others[0], 20m, 69.5m, 25m, 3, 2),
            new TransactionRow(ids[2], accounts[1], accounts[0], 0.5m, 10m, 70m, 2, 4)]);
        await bank.Ledger.ShouldHoldAsync([.. accounts, .. others]);
    }

    [Fact]
    public async Task Batch_transactions_are_found_by_id_and_in_the_history()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);

        using var response = await customer.PostBatchAsync(
            [
                (accounts[0], accounts[1], 1m), (accounts[1], accounts[0], 0.4m),
                (accounts[0], accounts[1], 2m),
            ]);

        var posted = await TransactionsOfAsync(response);
        foreach (var one in posted)
            (await customer.TransactionAsync(one.GetProperty("id").GetGuid())).GetRawText()
                .ShouldBe(one.GetRawText());
        (await customer.HistoryAsync(accounts[1])).Select(item => item.GetProperty("id").GetGuid())
            .ShouldBe(IdsOf(posted));
    }

    [Fact]
    public async Task A_batch_transfer_may_spend_what_an_earlier_one_brought()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m, 0m);

        using var response = await customer.PostBatchAsync(
            [(accounts[0], accounts[1], 10m), (accounts[1], accounts[2], 10m)]);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await bank.Ledger.AccountsAsync(accounts)).Select(account => account.Balance)
            .ShouldBe([0m, 0m, 10m]);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_batch_transfer_may_not_spend_what_a_later_one_brings()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m, 0m);

        await ShouldRefuseAsync(
            customer, [(accounts[1], accounts[2], 10m), (accounts[0], accounts[1], 10m)],
            HttpStatusCode.BadRequest, "insufficient_funds", 0);
    }

    [Fact]
    public async Task A_batch_may_refill_a_balance_that_it_lowered_before()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m, 0m);
        await bank.Ledger.FundAsync(accounts[1], Limit);

        await ShouldRefuseAsync(
            customer, [(accounts[0], accounts[1], 10m), (accounts[1], accounts[2], 10m)],
            HttpStatusCode.BadRequest, "balance_limit_exceeded", 0);
        using var response = await customer.PostBatchAsync(
            [(accounts[1], accounts[2], 10m), (accounts[0], accounts[1], 10m)]);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_refused_batch_names_the_transfer_and_moves_nothing(int refused)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var (_, others) = await bank.RegisterAsync(100m);
        var closed = await customer.OpenAccountAsync();
        using var _ = await customer.Http.DeleteAsync($"/accounts/{closed}");

        foreach (var ((from, to, amount), status, code) in new[]
        {
            ((accounts[0], accounts[1], 100.01m), HttpStatusCode.BadRequest, "insufficient_funds"),
            ((accounts[0], closed, 1m), HttpStatusCode.BadRequest, "account_closed"),
            ((closed, accounts[0], 1m), HttpStatusCode.BadRequest, "account_closed"),
            ((others[0], accounts[0], 1m), HttpStatusCode.NotFound, "source_not_found"),
            ((long.MaxValue, accounts[0], 1m), HttpStatusCode.NotFound, "source_not_found"),
            ((-1, long.MaxValue, 1m), HttpStatusCode.NotFound, "source_not_found"),
            ((accounts[0], long.MaxValue, 1m), HttpStatusCode.NotFound, "target_not_found"),
        })
        {
            var transfers = Enumerable.Repeat((accounts[0], accounts[1], 0.01m), 9).ToArray();
            transfers[refused] = (from, to, amount);

            await ShouldRefuseAsync(customer, transfers, status, code, refused);
        }

        await bank.Ledger.ShouldHoldAsync([.. accounts, .. others, closed]);
    }

    [Fact]
    public async Task A_refused_batch_names_its_first_refused_transfer()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);

        await ShouldRefuseAsync(
            customer,
            [
                (accounts[0], accounts[1], 6m), (accounts[1], accounts[0], 1m),
                (accounts[0], accounts[1], 5.01m),
                (accounts[0], long.MaxValue, 1m), (long.MaxValue, accounts[0], 1m),
            ],
            HttpStatusCode.BadRequest, "insufficient_funds", 2);
    }

    [Fact]
    public async Task A_batch_names_the_transfer_that_exceeds_the_balance_limit()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        await bank.Ledger.FundAsync(accounts[1], Limit - 7m);

        await ShouldRefuseAsync(
            customer, Enumerable.Repeat((accounts[0], accounts[1], 4m), 2),
            HttpStatusCode.BadRequest, "balance_limit_exceeded", 1);
        await ShouldRefuseAsync(
            customer, Enumerable.Repeat((accounts[0], accounts[1], 2m), 6),
            HttpStatusCode.BadRequest, "balance_limit_exceeded", 3);
        await ShouldRefuseAsync(
            customer,
            [(accounts[1], accounts[0], 5m), .. Enumerable.Repeat((accounts[0], accounts[1], 4m), 4)],
            HttpStatusCode.BadRequest, "balance_limit_exceeded", 4);
    }

    [Fact]
    public async Task A_batch_cannot_spend_held_money()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m, 0m);
        await customer.HoldAsync(accounts[0], accounts[1], 60m);

        await ShouldRefuseAsync(
            customer, [(accounts[0], accounts[2], 30m), (accounts[0], accounts[2], 10.01m)],
            HttpStatusCode.BadRequest, "insufficient_funds", 1);
        using var response = await customer.PostBatchAsync(
            [(accounts[0], accounts[2], 30m), (accounts[0], accounts[2], 10m)]);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await customer.AvailableAsync(accounts[0])).ShouldBe(0m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_batch_may_spend_the_money_of_an_expired_hold()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        await bank.Database.ExecuteAsync(
            """
            WITH expired AS (
                INSERT INTO holds (id, from_account_id, to_account_id, amount, created_at, expires_at)
                VALUES (
                    gen_random_uuid(), $1, $2, 6000, now() - interval '1 hour', now() - interval '1 minute')
            )
            UPDATE accounts SET held = 6000 WHERE id = $1
            """,
            accounts[0], accounts[1]);

        using var response = await customer.PostBatchAsync(
            Enumerable.Repeat((accounts[0], accounts[1], 10m), 10));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_batch_has_up_to_500_transfers_with_a_reference_each()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var reference = string.Concat(Enumerable.Repeat("\U0001F511", 140));
        var transfer =
            $$"""
            {"from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": 0.01, "reference": "{{reference}}"}
            """;

        using var response = await customer.PostAsync(Path, Body(Enumerable.Repeat(transfer, 500)));

        var posted = await TransactionsOfAsync(response);
        posted.Length.ShouldBe(500);
        posted.ShouldAllBe(one => one.GetProperty("reference").GetString() == reference);
        posted.Select(one => one.GetProperty("balance").GetDecimal())
            .ShouldBe(Enumerable.Range(1, 500).Select(number => 100m - 0.01m * number));
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public async Task A_batch_of_no_transfers_or_of_more_than_500_is_refused(int count)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.PostBatchAsync(
            Enumerable.Repeat((accounts[0], accounts[1], 0.01m), count));

        await response.ShouldRefuseFieldAsync("transfers", "must have 1 to 500 elements");
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_batch_above_500_transfers_gets_a_single_error()
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync(Path, Body(Enumerable.Repeat("{}", 50_000)));

        (await response.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "validation_failed"))
            .GetProperty("errors").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("{}", "transfers")]
    [InlineData("""{"transfers": null}""", "transfers")]
    [InlineData("""{"transfers": {}}""", "transfers")]
    [InlineData("""{"transfers": "all"}""", "transfers")]
    [InlineData("""{"transfers": [1]}""", "transfers[0]")]
    [InlineData("""{"transfers": [GOOD, null]}""", "transfers[1]")]
    [InlineData("""{"transfers": [GOOD, []]}""", "transfers[1]")]
    [InlineData("""{"transfers": [GOOD, {"from": "x", "to": 1, "amount": 1}]}""", "transfers[1].from")]
    [InlineData("""{"transfers": [GOOD, {"from": 1, "to": 2, "amount": true}]}""", "transfers[1].amount")]
    public async Task A_malformed_batch_is_refused_and_moves_nothing(string body, string field)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.PostAsync(Path, body.Replace("GOOD", Transfer(accounts)));

        await response.ShouldRefuseFieldAsync(field);
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Theory]
    [InlineData("\"amount\": 10", "\"amount\": 0.005", "amount", "must have at most two decimals")]
    [InlineData("\"amount\": 10", "\"amount\": 0", "amount", "must be greater than 0")]
    [InlineData("\"amount\": 10", "\"amount\": 1000000000000", "amount", "must be at most 999999999999.99")]
    [InlineData("\"amount\": 10", "\"sum\": 10", "amount", "is required")]
    [InlineData("\"from\"", "\"source\"", "from", "is required")]
    [InlineData("\"to\"", "\"target\"", "to", "is required")]
    [InlineData(
        "\"amount\": 10", "\"amount\": 10, \"reference\": \"\"", "reference",
        "must be 1 to 140 characters long")]
    [InlineData(
        "\"amount\": 10", "\"amount\": 10, \"reference\": \"\\n\"", "reference",
        "must have a visible character and no control characters")]
    public async Task An_invalid_batch_transfer_is_named_with_its_index(
        string good, string bad, string field, string reason)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var before = await bank.Ledger.AccountsAsync(accounts);
        var transfer = Transfer(accounts);

        using var response = await customer.PostAsync(
            Path, Body([transfer, transfer, transfer, transfer.Replace(good, bad), transfer]));

        await response.ShouldRefuseFieldAsync($"transfers[3].{field}", reason);
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_batch_with_a_transfer_to_its_own_source_moves_nothing()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.PostBatchAsync(
            [(accounts[0], accounts[1], 1m), (accounts[0], accounts[0], 1m)]);

        await response.ShouldRefuseFieldAsync("transfers[1].to", "must be another account than from");
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task All_errors_of_all_batch_transfers_are_reported_together()
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.PostAsync(
            Path, Body(["{}", """{"from": 1, "to": 1, "amount": -1}"""]), "two words");

        foreach (var field in (string[])[
            "transfers[0].from", "transfers[0].to", "transfers[0].amount", "transfers[1].to",
            "transfers[1].amount",
            "Idempotency-Key"])
            await response.ShouldRefuseFieldAsync(field);
    }

    [Fact]
    public async Task A_batch_of_500_fits_with_the_longest_escaped_references()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 0m);
        var reference = string.Concat(Enumerable.Repeat(@"\uD83D\uDD11", 140));
        var transfer = $$"""
            {"from": {{accounts[0]}}, "to": {{long.MaxValue}}, "amount": "999999999999.99",
             "reference": "{{reference}}"}
            """;

        using var response = await customer.PostAsync(Path, Body(Enumerable.Repeat(transfer, 500)));

        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound, "target_not_found");
    }

    [Fact]
    public async Task A_batch_body_above_1_MiB_is_refused()
    {
        var customer = await bank.RegisterAsync();

        var refused = await RawHttp.AnnounceJsonAsync(customer, Path, 1024 * 1024 + 1);

        refused.ShouldStartWith("HTTP/1.1 413 ");
        refused.ShouldContain("larger than 1048576 bytes");
        refused.ShouldContain("\"body_too_large\"");
    }

    [Fact]
    public async Task A_batch_requires_authentication()
    {
        var (_, accounts) = await bank.RegisterAsync(100m, 0m);
        using var anonymous = bank.Anonymous();
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await anonymous.PostAsync(
            Path, new StringContent(Body([Transfer(accounts)]), mediaType: new("application/json")));

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_replayed_batch_moves_nothing_after_later_postings()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        (long, long, decimal)[] transfers = [(accounts[0], accounts[1], 60m), (accounts[1], accounts[0], 5m)];
        using var first = await customer.PostBatchAsync(transfers, "key");
        using var other = await customer.WithdrawAsync(accounts[0], 45m);
        var after = await bank.Ledger.AccountsAsync(accounts);

        using var second = await customer.PostBatchAsync(transfers, "key");

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        await second.ShouldReplayAsync(first);
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(after);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task A_replayed_batch_returns_all_its_transactions(int count)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var transfers = Enumerable.Range(0, count).Select(number => (accounts[0], accounts[1], 0.01m))
            .ToArray();
        using var first = await customer.PostBatchAsync(transfers, "key");

        using var second = await customer.PostBatchAsync(transfers, "key");

        (await TransactionsOfAsync(first)).Length.ShouldBe(count);
        await second.ShouldReplayAsync(first);
    }

    [Fact]
    public async Task A_replayed_batch_refusal_keeps_its_index_after_a_deposit()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);
        (long, long, decimal)[] transfers =
            [(accounts[0], accounts[1], 4m), (accounts[0], accounts[1], 4m), (accounts[0], accounts[1], 4m)];
        using var first = await customer.PostBatchAsync(transfers, "key");
        using var deposit = await customer.DepositAsync(accounts[0], 100m);

        using var second = await customer.PostBatchAsync(transfers, "key");

        (await first.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds"))
            .GetProperty("index").GetInt32().ShouldBe(2);
        await second.ShouldReplayAsync(first);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_key_is_refused_for_a_different_batch()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        (long, long, decimal)[] transfers = [(accounts[0], accounts[1], 1m), (accounts[0], accounts[1], 2m)];
        using var first = await customer.PostBatchAsync(transfers, "key");
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var fewer = await customer.PostBatchAsync(transfers[..1], "key");
        using var turned = await customer.PostBatchAsync(transfers.Reverse(), "key");
        using var single = await customer.TransferAsync(accounts[0], accounts[1], 1m, "key");

        await fewer.ShouldBeReusedAsync();
        await turned.ShouldBeReusedAsync();
        await single.ShouldBeReusedAsync();
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task Concurrent_requests_with_one_key_post_one_batch()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        (long, long, decimal)[] transfers = [(accounts[0], accounts[1], 1m), (accounts[0], accounts[1], 2m)];

        var responses = await Burst.OfAsync(20, _ => customer.PostBatchAsync(transfers, "key"));

        var first = responses.Where(response => !response.Headers.Contains("Idempotent-Replayed"))
            .ShouldHaveSingleItem();
        foreach (var repeat in responses.Where(response => response != first))
            await repeat.ShouldReplayAsync(first);
        (await customer.BalanceAsync(accounts[1])).ShouldBe(3m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Batches_in_opposite_order_never_deadlock()
    {
        var (customer, accounts) = await bank.RegisterAsync([.. Enumerable.Repeat(10m, 10)]);
        var around = accounts.Zip([.. accounts.Skip(1), accounts[0]], (from, to) => (from, to, 0.01m))
            .ToArray();

        var responses = await Burst.OfAsync(
            40, index => customer.PostBatchAsync(index % 2 == 0 ? around : around.Reverse()));

        responses.ShouldAllBe(response => response.StatusCode == HttpStatusCode.Created);
        (await bank.Ledger.SumAsync(accounts)).ShouldBe(100m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Concurrent_batches_are_posted_whole_up_to_the_balance()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m, 0m);

        var responses = await Burst.OfAsync(20, _ => customer.PostBatchAsync(
            [
                (accounts[0], accounts[1], 6m), (accounts[0], accounts[2], 3m),
                (accounts[0], accounts[2], 1m),
            ]));

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(10);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await bank.Ledger.AccountsAsync(accounts)).Select(account => account.Balance)
            .ShouldBe([0m, 60m, 40m]);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Concurrent_batches_and_debits_never_exceed_the_balance()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);

        var responses = await Burst.OfAsync(60, index => (index % 3) switch
        {
            0 => customer.PostBatchAsync(Enumerable.Repeat((accounts[0], accounts[1], 2m), 2)),
            1 => customer.WithdrawAsync(accounts[0], 4m),
            _ => customer.PlaceHoldAsync(accounts[0], accounts[1], 4m),
        });

        responses.Count(response => response.StatusCode == HttpStatusCode.Created).ShouldBe(25);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.BadRequest, "insufficient_funds");
        (await customer.AvailableAsync(accounts[0])).ShouldBe(0m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    /// <summary>Checks that a batch is refused for the transfer at this index and moves nothing.</summary>
    async Task ShouldRefuseAsync(
        Customer customer, IEnumerable<(long From, long To, decimal Amount)> transfers,
        HttpStatusCode status, string code, int index)
    {
        long[] accounts = [.. transfers.SelectMany(one => new[] { one.From, one.To }).Distinct()];
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.PostBatchAsync(transfers);

        (await response.ShouldBeProblemAsync(status, code)).GetProperty("index").GetInt32()
            .ShouldBe(index, code);
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    static async Task<JsonElement[]> TransactionsOfAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return [.. (await response.JsonAsync()).GetProperty("transactions").EnumerateArray()];
    }

    static Guid[] IdsOf(IEnumerable<JsonElement> transactions) =>
        [.. transactions.Select(one => one.GetProperty("id").GetGuid())];

    static string Transfer(long[] accounts) =>
        $$"""{"from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": 10}""";

    static string Body(IEnumerable<string> transfers) =>
        $$"""{"transfers": [{{string.Join(',', transfers)}}]}""";
}
