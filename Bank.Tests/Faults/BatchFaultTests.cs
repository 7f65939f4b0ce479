using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Ledger;
using Bank.Infrastructure.Verification;
using Bank.Tests.Harness;

namespace Bank.Tests.Faults;

/// <summary>Under every fault a batch posts all or none, and its caller learns which.</summary>
[Collection("Faults")]
[Trait("Speed", "Slow")]
public sealed class BatchFaultTests(BankServer server)
{
    const int Transfers = 3;

    [Fact]
    public async Task Batch_is_posted_once_after_a_lost_database_response()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var (customer, accounts) = await OpenAsync(bank);
        var posted = new List<Guid>();

        foreach (var point in Enum.GetValues<CutPoint>())
        {
            foreach (var key in new[] { null, $"{point}" })
            {
                var cut = bank.Proxy.CutOnceAsync(point);
                using var response = await SendAsync(customer, accounts, $"{point}", key);
                cut.IsCompletedSuccessfully.ShouldBeTrue("the response was not lost");

                response.Headers.Contains("Idempotent-Replayed").ShouldBeFalse("this is the first response");
                var transactions = await TransactionsOfAsync(response);
                transactions.Length.ShouldBe(Transfers);
                foreach (var one in transactions)
                    (await customer.TransactionAsync(one.GetProperty("id").GetGuid())).GetRawText()
                        .ShouldBe(one.GetRawText());
                posted.AddRange(transactions.Select(one => one.GetProperty("id").GetGuid()));

                if (key is not null)
                {
                    using var again = await SendAsync(customer, accounts, $"{point}", key);
                    await again.ShouldReplayAsync(response);
                }
            }
        }

        (await bank.Ledger.TransactionsOfAsync(accounts[1])).Select(row => row.Id)
            .ShouldBe(posted, ignoreOrder: true);
        await ShouldVerifyAsync(bank);
    }

    [Fact]
    public async Task Refused_batch_keeps_its_index_and_key_after_a_lost_response()
    {
        await using var bank = await BankBehindProxy.StartAsync(server);
        var (customer, accounts) = await OpenAsync(bank);

        foreach (var point in Enum.GetValues<CutPoint>())
        {
            (long, long, decimal)[] transfers =
                [(accounts[0], accounts[1], 1m), (accounts[1], accounts[0], 1.01m)];

            var cut = bank.Proxy.CutOnceAsync(point);
            using var refused = await customer.PostBatchAsync(transfers, $"{point}");
            cut.IsCompletedSuccessfully.ShouldBeTrue("the response was not lost");
            using var again = await customer.PostBatchAsync(transfers, $"{point}");

            (await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "insufficient_funds"))
                .GetProperty("index").GetInt32().ShouldBe(1);
            refused.Headers.Contains("Idempotent-Replayed").ShouldBeFalse("this is the first response");
            await again.ShouldReplayAsync(refused);
        }

        (await customer.BalanceAsync(accounts[1])).ShouldBe(0m);
        await ShouldVerifyAsync(bank);
    }

    [Fact]
    public async Task Batch_posts_all_or_none_under_connection_faults()
    {
        const int Clients = 16;
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:04");
        var (customer, accounts) = await OpenAsync(bank);
        var answered = 0;

        var sending = Enumerable.Range(0, Clients).Select(async client =>
        {
            var sent = new List<(string Reference, HttpStatusCode Status)>();

            for (var time = 0; time < 8; time++)
            {
                var reference = $"{client}/{time}";
                using var response = await SendAsync(
                    customer, accounts, reference, client % 2 == 0 ? reference : null);
                sent.Add((reference, response.StatusCode));
                Interlocked.Increment(ref answered);
            }

            return sent;
        }).ToArray();

        var random = new Random(1);

        for (var fault = 0; sending.Any(one => !one.IsCompleted); fault++)
        {
            var before = Volatile.Read(ref answered);
            await ((fault % 3) switch
            {
                0 => bank.Proxy.DropResponsesForAsync(TimeSpan.FromMilliseconds(random.Next(30))),
                1 => bank.Proxy.StallForAsync(TimeSpan.FromMilliseconds(random.Next(100))),
                _ => bank.Proxy.DropResponsesForAsync(TimeSpan.Zero),
            });
            await Eventually.TrueAsync(
                () => Volatile.Read(ref answered) > before || sending.All(one => one.IsCompleted),
                "batches are answered");
        }

        var counts = (await bank.Database.QueryAsync(
                "SELECT reference, count(*) FROM transactions WHERE to_account_id = $1 GROUP BY reference",
                row => (Reference: row.GetString(0), Count: row.GetInt64(1)), accounts[1]))
            .ToDictionary(one => one.Reference, one => one.Count);
        counts.Values.ShouldAllBe(count => count == Transfers);

        foreach (var (reference, status) in (await Task.WhenAll(sending)).SelectMany(sent => sent))
        {
            status.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable);

            if (status == HttpStatusCode.Created)
                counts.ShouldContainKey(reference);
        }

        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    [Fact]
    public async Task All_transactions_of_a_batch_in_doubt_settle_as_not_posted()
    {
        await using var bank = await BankBehindProxy.StartAsync(server, "Database:CommitTimeout=00:00:02");
        var (customer, accounts) = await OpenAsync(bank);

        var stalled = bank.Proxy.StallNextQuery();
        var answer = SendAsync(customer, accounts, "unknown", key: null);
        await stalled.Arrived;
        bank.Proxy.Stall();
        using var response = await answer;
        var problem = await response.ShouldBeProblemAsync(
            HttpStatusCode.ServiceUnavailable, "outcome_unknown");
        var detail = problem.GetProperty("detail").GetString()!;
        var first = Guid.Parse(WhereToAsk().Match(detail).Groups[1].Value);
        Guid[] ids = [.. Enumerable.Range(0, Transfers).Select(number => BatchIds.At(first, number))];
        var whileUnknown = await Task.WhenAll(
            ids.Select(id => customer.Http.GetAsync($"/transactions/{id}")));
        bank.Proxy.Resume();
        var settled = await Task.WhenAll(ids.Select(customer.WaitForOutcomeAsync));
        await stalled.ResumeAsync();
        bank.Proxy.Cut();

        whileUnknown.ShouldAllBe(asked => asked.StatusCode == HttpStatusCode.ServiceUnavailable);
        settled.ShouldAllBe(asked => asked.StatusCode == HttpStatusCode.NotFound);
        (await bank.Ledger.TransactionsOfAsync(accounts[1])).ShouldBeEmpty();
        await bank.Ledger.ShouldHoldAsync(accounts);
    }

    /// <summary>Checks that <c>verify</c> finds nothing in the ledger and its keys.</summary>
    static async Task ShouldVerifyAsync(BankBehindProxy bank)
    {
        var found = new StringWriter();
        (await LedgerVerifier.RunAsync(bank.Database.ConnectionString, found)).ShouldBe(0, found.ToString());
    }

    static async Task<(Customer Customer, long[] Accounts)> OpenAsync(BankBehindProxy bank)
    {
        var customer = await Customer.RegisterAsync(bank.Api.Address);
        return (customer, [await customer.OpenAccountAsync(1000m), await customer.OpenAccountAsync()]);
    }

    static Task<HttpResponseMessage> SendAsync(
        Customer customer, long[] accounts, string reference, string? key)
    {
        var transfer = new { from = accounts[0], to = accounts[1], amount = 1m, reference };
        return customer.PostAsync(
            "/transactions/batch",
            JsonSerializer.Serialize(new { transfers = Enumerable.Repeat(transfer, Transfers) }), key);
    }

    static async Task<JsonElement[]> TransactionsOfAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return [.. (await response.JsonAsync()).GetProperty("transactions").EnumerateArray()];
    }

    static Regex WhereToAsk() => new("GET /transactions/([0-9a-f-]{36}), the first of the batch, ");
}
