using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Statements;

public sealed class GetStatementTests(BankServer bank)
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task A_statement_without_a_period_covers_the_whole_history(string slash)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        using var paid = await customer.TransferAsync(accounts[0], accounts[1], 20.5m);
        using var received = await customer.TransferAsync(accounts[1], accounts[0], 0.5m);
        var account = await customer.Http.GetFromJsonAsync<JsonElement>($"/accounts/{accounts[0]}");

        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}/statement{slash}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var statement = await response.JsonAsync();
        statement.Names().ShouldBe([
            "account_id", "since", "until", "opening_balance", "closing_balance", "total_in", "total_out",
            "transactions",
        ]);
        statement.GetProperty("account_id").GetInt64().ShouldBe(accounts[0]);
        statement.GetProperty("since").GetRawText().ShouldBe(account.GetProperty("created_at").GetRawText());
        statement.GetProperty("until").ShouldBeUtcNow();
        statement.GetProperty("opening_balance").GetRawText().ShouldBe("0.00");
        statement.GetProperty("closing_balance").GetRawText().ShouldBe("80.00");
        statement.GetProperty("total_in").GetRawText().ShouldBe("100.50");
        statement.GetProperty("total_out").GetRawText().ShouldBe("20.50");
        Transactions(statement).ShouldBe(
            (await customer.HistoryAsync(accounts[0])).Select(item => item.GetRawText()));
    }

    [Fact]
    public async Task A_statement_includes_since_and_excludes_until()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);
        using var withdrawn = await customer.WithdrawAsync(accounts[0], 30m);
        using var deposited = await customer.DepositAsync(accounts[0], 5m);
        using var last = await customer.WithdrawAsync(accounts[0], 1m);
        var history = await customer.HistoryAsync(accounts[0]);

        var statement = await StatementAsync(customer, accounts[0], At(history[1]), At(history[3]));
        var none = await StatementAsync(customer, accounts[0], At(history[1]), At(history[1]));

        statement.GetProperty("since").GetDateTimeOffset().ShouldBe(At(history[1])!.Value);
        statement.GetProperty("until").GetDateTimeOffset().ShouldBe(At(history[3])!.Value);
        statement.GetProperty("opening_balance").GetRawText().ShouldBe("100.00");
        statement.GetProperty("closing_balance").GetRawText().ShouldBe("75.00");
        statement.GetProperty("total_in").GetRawText().ShouldBe("5.00");
        statement.GetProperty("total_out").GetRawText().ShouldBe("30.00");
        Transactions(statement).ShouldBe(history[1..3].Select(item => item.GetRawText()));
        none.GetProperty("opening_balance").GetRawText().ShouldBe("100.00");
        none.GetProperty("closing_balance").GetRawText().ShouldBe("100.00");
        none.GetProperty("total_in").GetRawText().ShouldBe("0.00");
        none.GetProperty("total_out").GetRawText().ShouldBe("0.00");
        Transactions(none).ShouldBeEmpty();
    }

    [Fact]
    public async Task Future_periods_are_cut_and_periods_before_opening_are_empty()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var future = new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var past = new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

        var open = await StatementAsync(customer, accounts[0], past, future);
        var later = await StatementAsync(customer, accounts[0], future, null);
        var before = await StatementAsync(customer, accounts[0], null, past);
        var empty = await StatementAsync(customer, accounts[1], null, null);

        open.GetProperty("since").GetDateTimeOffset().ShouldBe(past);
        open.GetProperty("until").ShouldBeUtcNow();
        open.GetProperty("closing_balance").GetRawText().ShouldBe("100.00");
        later.GetProperty("since").GetRawText().ShouldBe(later.GetProperty("until").GetRawText());
        later.GetProperty("until").ShouldBeUtcNow();
        later.GetProperty("opening_balance").GetRawText().ShouldBe("100.00");
        before.GetProperty("since").GetRawText().ShouldBe(before.GetProperty("until").GetRawText());
        before.GetProperty("closing_balance").GetRawText().ShouldBe("0.00");
        empty.GetProperty("closing_balance").GetRawText().ShouldBe("0.00");
        new[] { later, before, empty }.SelectMany(Transactions).ShouldBeEmpty();
    }

    [Fact]
    public async Task Requested_end_of_a_statement_keeps_its_microseconds()
    {
        var (customer, accounts) = await bank.RegisterAsync(1m);
        var end = At((await customer.HistoryAsync(accounts[0]))[0])!.Value.AddMicroseconds(1);

        var statement = await StatementAsync(customer, accounts[0], null, end);

        statement.GetProperty("until").GetDateTimeOffset().ShouldBe(end);
        Transactions(statement).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Consecutive_statements_add_up_while_transfers_are_posted()
    {
        var (customer, accounts) = await bank.RegisterAsync(1000m, 1000m);
        var burst = Burst.OfAsync(
            300, index => customer.TransferAsync(accounts[index % 2], accounts[(index + 1) % 2], 1 + index));
        var statements = new List<JsonElement>();
        var until = default(DateTimeOffset?);

        while (!burst.IsCompleted)
            await AddAsync();

        await burst;
        await AddAsync();

        statements.Count.ShouldBeGreaterThan(2);
        statements.Skip(1).Select(next => next.GetProperty("opening_balance").GetRawText())
            .ShouldBe(statements.SkipLast(1).Select(one => one.GetProperty("closing_balance").GetRawText()));
        statements.SelectMany(Transactions).ShouldBe(
            (await customer.HistoryAsync(accounts[0])).Select(item => item.GetRawText()));
        statements.ForEach(statement => ShouldAddUp(statement, accounts[0]));
        statements[^1].GetProperty("closing_balance").GetDecimal()
            .ShouldBe(await customer.BalanceAsync(accounts[0]));

        async Task AddAsync()
        {
            statements.Add(await StatementAsync(customer, accounts[0], until, null));
            until = statements[^1].GetProperty("until").GetDateTimeOffset();
        }
    }

    [Theory]
    [InlineData(null, "*/*", "application/json")]
    [InlineData(null, null, "application/json")]
    [InlineData(null, "application/*, text/csv", "application/json")]
    [InlineData(null, "application/*;q=0.5, text/csv", "text/csv")]
    [InlineData(null, "text/csv;q=0.2, */*;q=0.1", "text/csv")]
    [InlineData(null, "application/json;q=0, */*", "text/csv")]
    [InlineData("json", "text/csv", "application/json")]
    [InlineData("csv", "application/json", "text/csv")]
    [InlineData("csv", "image/png", "text/csv")]
    [InlineData("html", null, "text/html")]
    [InlineData("camt", null, "application/xml")]
    [InlineData("ofx", "text/csv", "application/x-ofx")]
    [InlineData(null, "application/xml", "application/xml")]
    [InlineData(null, "application/x-ofx", "application/x-ofx")]
    [InlineData(null, "application/xml, application/json;q=0.9", "application/xml")]
    [InlineData(null, "application/json;q=0, application/*", "application/xml")]
    [InlineData(
        null, "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text/html")]
    [InlineData(null, "text/*", "text/csv")]
    [InlineData(null, "text/*, text/csv;q=0.5", "text/html")]
    [InlineData(null, "not a media type", "application/json")]
    public async Task The_statement_format_follows_the_parameter_then_Accept(
        string? format, string? accept, string mediaType)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);

        using var response = await RequestAsync(customer, accounts[0], format, accept);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(mediaType);
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("text/csv;q=0")]
    [InlineData("text/csv;header=absent")]
    [InlineData("text/xml")]
    [InlineData("application/vnd.intu.qfx")]
    public async Task An_unsupported_media_type_is_not_acceptable(string accept)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);

        using var response = await RequestAsync(customer, accounts[0], null, accept);

        await response.ShouldBeProblemAsync(HttpStatusCode.NotAcceptable, "not_acceptable");
    }

    [Theory]
    [InlineData("1/statement?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z", "until")]
    [InlineData("1/statement?since=yesterday", "since")]
    [InlineData("1/statement?until=", "until")]
    [InlineData("1/statement?format=pdf", "format")]
    [InlineData("1/statement?format=JSON", "format")]
    [InlineData("1/statement?format=camt.053", "format")]
    [InlineData("1/statement?dialect=tsv", "dialect")]
    [InlineData("1/statement?dialect=", "dialect")]
    [InlineData("1/statement?format=ofx&dialect=excel", "dialect")]
    [InlineData("one/statement", "id")]
    public async Task An_invalid_period_format_or_account_id_is_refused(string path, string field)
    {
        var customer = await bank.RegisterAsync();

        using var response = await customer.Http.GetAsync($"/accounts/{path}");

        await response.ShouldRefuseFieldAsync(field);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("html")]
    [InlineData("camt")]
    [InlineData("ofx")]
    public async Task Another_users_statement_is_not_found(string format)
    {
        var (_, accounts) = await bank.RegisterAsync(100m);
        var stranger = await bank.RegisterAsync();

        using var elses = await RequestAsync(stranger, accounts[0], format, null);
        using var nobodys = await RequestAsync(stranger, long.MaxValue, format, null);

        await elses.ShouldBeProblemAsync(HttpStatusCode.NotFound, "account_not_found");
        (await elses.WithoutTraceAsync()).ShouldBe(await nobodys.WithoutTraceAsync());
    }

    [Fact]
    public async Task The_OpenAPI_document_has_a_statement_example_in_CSV()
    {
        using var anonymous = bank.Anonymous();
        var document = await anonymous.GetFromJsonAsync<JsonElement>("/openapi.json");

        var content = document.GetProperty("paths").GetProperty("/accounts/{id}/statement").GetProperty("get")
            .GetProperty("responses").GetProperty("200").GetProperty("content");

        content.Names().ShouldBe([
            "application/json", "text/csv", "text/html", "application/xml", "application/x-ofx",
        ]);
        var transactions = content.GetProperty("application/json").GetProperty("example")
            .GetProperty("transactions").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)
            .ToArray();
        var rows = content.GetProperty("text/csv").GetProperty("example").GetString()!.Split("\r\n");
        rows.Length.ShouldBe(transactions.Length + 4);
        rows.Skip(2).Zip(transactions).ShouldAllBe(row => row.First.Contains(row.Second));
    }

    [Fact]
    public async Task Getting_a_statement_requires_authentication()
    {
        var (_, accounts) = await bank.RegisterAsync(100m);
        using var anonymous = bank.Anonymous();

        using var response = await anonymous.GetAsync($"/accounts/{accounts[0]}/statement");

        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    static DateTimeOffset? At(JsonElement item) => item.GetProperty("created_at").GetDateTimeOffset();

    static string[] Transactions(JsonElement statement) =>
        [.. statement.GetProperty("transactions").EnumerateArray().Select(item => item.GetRawText())];

    /// <summary>Checks that opening balance, transactions, totals and closing balance agree.</summary>
    static void ShouldAddUp(JsonElement statement, long account)
    {
        var opening = statement.GetProperty("opening_balance").GetDecimal();
        var (balance, totalIn, totalOut) = (opening, 0m, 0m);

        foreach (var item in statement.GetProperty("transactions").EnumerateArray())
        {
            var amount = item.GetProperty("amount").GetDecimal();

            if (item.TryGetProperty("from", out var from) && from.GetInt64() == account)
                (balance, totalOut) = (balance - amount, totalOut + amount);
            else
                (balance, totalIn) = (balance + amount, totalIn + amount);

            item.GetProperty("balance").GetDecimal().ShouldBe(balance);
        }

        statement.GetProperty("closing_balance").GetDecimal().ShouldBe(balance);
        statement.GetProperty("total_in").GetDecimal().ShouldBe(totalIn);
        statement.GetProperty("total_out").GetDecimal().ShouldBe(totalOut);
    }

    static async Task<JsonElement> StatementAsync(
        Customer customer, long account, DateTimeOffset? since, DateTimeOffset? until) =>
        await customer.Http.GetFromJsonAsync<JsonElement>(
            $"/accounts/{account}/statement?format=json"
            + $"{Parameter("since", since)}{Parameter("until", until)}");

    static string Parameter(string name, DateTimeOffset? time) =>
        time is null ? "" : $"&{name}={Uri.EscapeDataString($"{time:O}")}";

    static async Task<HttpResponseMessage> RequestAsync(
        Customer customer, long account, string? format, string? accept)
    {
        customer.Accept(accept);

        return await customer.Http.GetAsync(
            $"/accounts/{account}/statement{(format is null ? "" : $"?format={format}")}");
    }
}
