using System.Net;
using System.Text.Json;
using Bank.Infrastructure.Idempotency;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Transfers;

public sealed class BulkTransferTests(BankServer bank)
{
    const string Path = "/transactions/bulk";

    [Fact]
    public async Task A_bulk_posts_and_records_each_transfer_on_its_own()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);

        using var response = await customer.PostAsync(Path, Body(
            $$"""{"from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": 10.5, "reference": "Lunch"}""",
            $$"""{"from": {{accounts[0]}}, "to": {{accounts[1]}}, "amount": "0.25"}"""));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await response.JsonAsync();
        answer.Names().ShouldBe(["results"]);
        var results = answer.GetProperty("results").EnumerateArray().ToArray();
        results.Length.ShouldBe(2);
        results.ShouldAllBe(result => result.Names().SequenceEqual(new[] { "status", "transaction" }));
        var transfer = results[0].GetProperty("transaction");
        transfer.Names().ShouldBe(["id", "from", "to", "amount", "balance", "created_at", "reference"]);
        transfer.GetProperty("amount").GetRawText().ShouldBe("10.50");
        transfer.GetProperty("balance").GetRawText().ShouldBe("89.50");
        transfer.GetProperty("reference").GetString().ShouldBe("Lunch");
        transfer.GetProperty("created_at").ShouldBeUtcNow();
        results[1].GetProperty("transaction").GetProperty("balance").GetRawText().ShouldBe("89.25");
        var ids = Array.ConvertAll(
            results, result => result.GetProperty("transaction").GetProperty("id").GetGuid());
        (await bank.Ledger.TransactionAsync(ids[0]))
            .ShouldBe(new TransactionRow(ids[0], accounts[0], accounts[1], 10.5m, 89.5m, 10.5m, 2, 1));
        (await bank.Ledger.TransactionAsync(ids[1]))
            .ShouldBe(new TransactionRow(ids[1], accounts[0], accounts[1], 0.25m, 89.25m, 10.75m, 3, 2));
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_bulk_result_equals_that_of_the_transfer_alone()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var (_, elses) = await bank.RegisterAsync(100m);
        var closed = await customer.OpenAccountAsync();
        using var close = await customer.Http.DeleteAsync($"/accounts/{closed}");
        string[] refused =
        [
            "{}",
            Transfer(accounts[0], accounts[1], "0.005"),
            Transfer(accounts[0], accounts[1], "1000000000000"),
            Transfer(accounts[0], accounts[0], "1"),
            Referring(accounts, "\\u0007"),
            Referring(accounts, new string('x', 141)),
            Transfer(accounts[0], accounts[1], "-1").Replace("from", "source"),
            Transfer(accounts[0], accounts[1], "200"),
            Transfer(elses[0], accounts[1], "1"),
            Transfer(accounts[0], long.MaxValue, "1"),
            Transfer(accounts[0], closed, "1"),
        ];
        var transfers = refused.SelectMany(other => new[] { other, Transfer(accounts[0], accounts[1], "1") });

        using var response = await customer.PostAsync(Path, Body([.. transfers]));

        var results = await ResultsAsync(response);
        results.Length.ShouldBe(2 * refused.Length);

        for (var index = 0; index < refused.Length; index++)
        {
            using var alone = await customer.PostAsync("/transactions/transfer", refused[index]);
            var problem = await alone.JsonAsync();
            string[] members = problem.TryGetProperty("errors", out _)
                ? ["status", "code", "detail", "errors"] : ["status", "code", "detail"];
            results[2 * index].Names().ShouldBe(members, refused[index]);

            foreach (var member in members)
                results[2 * index].GetProperty(member).GetRawText()
                    .ShouldBe(problem.GetProperty(member).GetRawText());

            Status(results[2 * index + 1]).ShouldBe(201);
        }

        (await customer.BalanceAsync(accounts[1])).ShouldBe(refused.Length);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Theory]
    [InlineData("""{}""", "transfers")]
    [InlineData("""{"transfers": null}""", "transfers")]
    [InlineData("""{"transfers": []}""", "transfers")]
    [InlineData("""{"transfers": {}}""", "transfers")]
    [InlineData("""{"transfers": 1}""", "transfers")]
    [InlineData("""{"transfers": [null]}""", "transfers[0]")]
    [InlineData("""{"transfers": [{"from": FROM, "to": TO, "amount": 1}, null]}""", "transfers[1]")]
    [InlineData("""{"transfers": [{"from": FROM, "to": TO, "amount": 1}, 2]}""", "transfers[1]")]
    [InlineData("""{"transfers": [{"amount": 1}, {"from": "x"}]}""", "transfers[1].from")]
    [InlineData("""{"transfers": [{"from": FROM, "to": TO, "amount": true}]}""", "transfers[0].amount")]
    [InlineData("""{"transfers": [{"from": FROM, "to": TO, "to": TO, "amount": 1}]}""", "transfers[0].to")]
    public async Task A_malformed_bulk_is_refused_whole_and_moves_nothing(
        string body, string field)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.PostAsync(
            Path, body.Replace("FROM", $"{accounts[0]}").Replace("TO", $"{accounts[1]}"));

        await response.ShouldRefuseFieldAsync(field);
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_bulk_above_1000_transfers_moves_nothing()
    {
        var (customer, accounts) = await bank.RegisterAsync(2000m, 0m);
        var before = await bank.Ledger.AccountsAsync(accounts);

        using var response = await customer.BulkAsync(Same(1001, accounts));

        await response.ShouldRefuseFieldAsync("transfers", "must have 1 to 1000 elements");
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(before);
    }

    [Fact]
    public async Task A_bulk_of_1000_fits_with_the_longest_escaped_references()
    {
        var (customer, accounts) = await bank.RegisterAsync(0m, 0m);
        var reference = string.Concat(Enumerable.Repeat(@"\uD83D\uDD11", 140));
        var transfer = $$"""
            {"from": {{accounts[0]}}, "to": {{long.MaxValue}}, "amount": "999999999999.99",
             "reference": "{{reference}}"}
            """;

        using var response = await customer.PostAsync(Path, Body([.. Enumerable.Repeat(transfer, 1000)]));

        var results = await ResultsAsync(response);
        results.Length.ShouldBe(1000);
        results.ShouldAllBe(result => result.GetProperty("code").GetString() == "target_not_found");
    }

    [Fact]
    public async Task A_bulk_body_above_2_MiB_is_refused()
    {
        const int largest = 2 * 1024 * 1024;
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var body = Body(Transfer(accounts[0], accounts[1], "1")).PadRight(largest);

        using var response = await customer.PostAsync(Path, body);
        var refused = await RawHttp.AnnounceJsonAsync(customer, Path, largest + 1);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        refused.ShouldStartWith("HTTP/1.1 413 ");
        refused.ShouldContain("larger than 2097152 bytes");
        refused.ShouldContain("\"body_too_large\"");
    }

    [Theory]
    [InlineData("Basic bm9ib2R5OndoYXRldmVy")]
    [InlineData("")]
    public async Task A_bulk_body_is_not_read_without_authentication(string authorization)
    {
        var answer = await RawHttp.AnnounceAsync(
            bank.Address, 1_000_000, $"POST {Path} HTTP/1.1", $"Authorization: {authorization}",
            "Content-Type: application/json");

        answer.ShouldBe("HTTP/1.1 401 Unauthorized");
    }

    [Fact]
    public async Task A_replayed_bulk_moves_nothing()
    {
        var (customer, accounts) = await bank.RegisterAsync(10m, 0m);
        object[] transfers =
        [
            new { from = accounts[0], to = accounts[1], amount = 1m },
            new { from = accounts[0], to = accounts[1], amount = 0.001m },
            new { from = accounts[0], to = accounts[1], amount = 100m },
        ];

        using var first = await customer.BulkAsync(transfers, "key");
        var after = await bank.Ledger.AccountsAsync(accounts);
        using var deposit = await customer.DepositAsync(accounts[0], 1000m);
        using var repeat = await customer.BulkAsync(transfers, "key");

        (await ResultsAsync(first)).Select(Status).ShouldBe([201, 422, 400]);
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        await repeat.ShouldReplayAsync(first);
        (await bank.Ledger.AccountsAsync(accounts[1])).ShouldBe(after[1..]);
    }

    [Fact]
    public async Task A_key_is_refused_for_a_bulk_with_other_transfers()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        object Pay(decimal amount) => new { from = accounts[0], to = accounts[1], amount };

        using var first = await customer.BulkAsync([Pay(0.001m), Pay(1m)], "key");
        var after = await bank.Ledger.AccountsAsync(accounts);
        using var corrected = await customer.BulkAsync([Pay(0.01m), Pay(1m)], "key");
        using var longer = await customer.BulkAsync([Pay(0.001m), Pay(1m), Pay(1m)], "key");
        using var shorter = await customer.BulkAsync([Pay(1m)], "key");

        (await ResultsAsync(first)).Select(Status).ShouldBe([422, 201]);
        await corrected.ShouldBeReusedAsync();
        await longer.ShouldBeReusedAsync();
        await shorter.ShouldBeReusedAsync();
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(after);
    }

    [Fact]
    public async Task A_key_may_not_serve_both_a_bulk_and_a_transfer()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        object[] transfers = [new { from = accounts[0], to = accounts[1], amount = 1m }];

        using var alone = await customer.TransferAsync(accounts[0], accounts[1], 1m, "alone");
        using var bulk = await customer.BulkAsync(transfers, "bulk");
        var after = await bank.Ledger.AccountsAsync(accounts);
        using var aloneInBulk = await customer.BulkAsync(transfers, "alone");
        using var bulkAlone = await customer.TransferAsync(accounts[0], accounts[1], 1m, "bulk");

        await aloneInBulk.ShouldBeReusedAsync();
        await bulkAlone.ShouldBeReusedAsync();
        (await bank.Ledger.AccountsAsync(accounts)).ShouldBe(after);
    }

    [Theory]
    [InlineData("/0")]
    [InlineData("_0")]
    [InlineData("0")]
    public async Task A_callers_key_never_matches_that_of_a_bulk_element(string suffix)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var user = await customer.IdAsync();
        object[] transfers = [new { from = accounts[0], to = accounts[1], amount = 1m }];

        using var bulk = await customer.BulkAsync(transfers, "key");
        var elements = await bank.Database.QueryAsync(
            "SELECT key FROM idempotency_keys WHERE user_id = $1 AND key <> 'key'",
            row => row.GetString(0), user);
        var element = elements.ShouldHaveSingleItem();
        using var likeElement = await customer.TransferAsync(accounts[0], accounts[1], 2m, $"key{suffix}");
        using var copied = await customer.TransferAsync(accounts[0], accounts[1], 2m, element);

        likeElement.StatusCode.ShouldBe(HttpStatusCode.Created);
        await copied.ShouldRefuseFieldAsync(IdempotencyRules.Header);
    }

    [Fact]
    public async Task A_bulk_key_has_at_most_255_characters()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 0m);
        var key = new string('~', 255);

        using var first = await customer.BulkAsync(Same(1000, accounts), key);
        using var repeat = await customer.BulkAsync(Same(1000, accounts), key);
        using var tooLong = await customer.BulkAsync(Same(1, accounts), key + '~');

        (await ResultsAsync(first)).ShouldAllBe(result => Status(result) == 201);
        await repeat.ShouldReplayAsync(first);
        await tooLong.ShouldRefuseFieldAsync(IdempotencyRules.Header);
    }

    [Fact]
    public async Task Concurrent_replays_of_a_bulk_move_money_once()
    {
        var (customer, accounts) = await bank.RegisterAsync(50m, 0m);

        var responses = await Burst.OfAsync(8, _ => customer.BulkAsync(Same(100, accounts), "key"));

        var texts = await Task.WhenAll(responses.Select(response => response.Content.ReadAsStringAsync()));
        texts.Distinct().ShouldHaveSingleItem();
        var results = await ResultsAsync(responses[0]);
        results.Count(result => Status(result) == 201).ShouldBe(50);
        (await customer.BalanceAsync(accounts[1])).ShouldBe(50m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task A_key_for_two_concurrent_bulks_serves_only_one()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 0m);

        var responses = await Burst.OfAsync(
            8, index => customer.BulkAsync(Same(50 + index % 2, accounts), "key"));

        var served = responses.Where(response => response.IsSuccessStatusCode).ToArray();
        served.ShouldNotBeEmpty();
        served.Length.ShouldBe(4);
        await responses.ShouldOtherwiseBeAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        (await customer.BalanceAsync(accounts[1])).ShouldBe((await ResultsAsync(served[0])).Length);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Concurrent_bulks_and_transfers_never_exceed_the_balance()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);

        var bulks = Burst.OfAsync(8, _ => customer.BulkAsync(Same(50, accounts)));
        var alone = await Burst.OfAsync(20, _ => customer.TransferAsync(accounts[0], accounts[1], 1m));

        var results = (await Task.WhenAll((await bulks).Select(ResultsAsync)))
            .SelectMany(all => all).ToArray();
        var posted = results.Count(result => Status(result) == 201)
            + alone.Count(response => response.StatusCode == HttpStatusCode.Created);
        posted.ShouldBe(100);
        results.Where(result => Status(result) != 201)
            .ShouldAllBe(result => result.GetProperty("code").GetString() == "insufficient_funds");
        (await customer.BalanceAsync(accounts[1])).ShouldBe(100m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Bulks_in_opposite_order_never_deadlock()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 1000m);

        var responses = await Burst.OfAsync(
            8, index => customer.BulkAsync(Same(100, index % 2 == 0 ? accounts : [.. accounts.Reverse()])));

        foreach (var response in responses)
            (await ResultsAsync(response)).ShouldAllBe(result => Status(result) == 201);

        (await customer.BalanceAsync(accounts[0])).ShouldBe(1000m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task Eight_concurrent_bulks_of_1000_are_posted()
    {
        var (customer, accounts) = await bank.RegisterAsync(8000m, 0m);

        var responses = await Burst.OfAsync(8, _ => customer.BulkAsync(Same(1000, accounts)));

        foreach (var response in responses)
            (await ResultsAsync(response)).ShouldAllBe(result => Status(result) == 201);

        (await customer.BalanceAsync(accounts[1])).ShouldBe(8000m);
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_bulk_of_500_is_posted_by_one_query()
    {
        await using var own = await IsolatedBank.StartAsync(bank);
        var customer = await own.RegisterAsync();
        long[] accounts = [await customer.OpenAccountAsync(500m), await customer.OpenAccountAsync()];

        using var response = await customer.BulkAsync(Same(500, accounts));

        var results = await ResultsAsync(response);
        results.Select(result => result.GetProperty("transaction").GetProperty("created_at").GetString())
            .Distinct().ShouldHaveSingleItem();
        results.Select(result => result.GetProperty("transaction").GetProperty("balance").GetDecimal())
            .ShouldBe(Enumerable.Range(0, 500).Select(index => 499m - index));
    }

    static IEnumerable<object> Same(int count, long[] accounts) =>
        Enumerable.Repeat(new { from = accounts[0], to = accounts[1], amount = 1m }, count);

    static string Transfer(long from, long to, string amount) =>
        $$"""{"from": {{from}}, "to": {{to}}, "amount": {{amount}}}""";

    static string Referring(long[] accounts, string reference) =>
        Transfer(accounts[0], accounts[1], "1").Replace("}", $", \"reference\": \"{reference}\"}}");

    static string Body(params string[] transfers) =>
        $$"""{"transfers": [{{string.Join(", ", transfers)}}]}""";

    static async Task<JsonElement[]> ResultsAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return [.. (await response.JsonAsync()).GetProperty("results").EnumerateArray()];
    }

    static int Status(JsonElement result) => result.GetProperty("status").GetInt32();
}
