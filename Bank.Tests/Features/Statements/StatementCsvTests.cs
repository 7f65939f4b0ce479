using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;
using CsvHelper;

namespace Bank.Tests.Features.Statements;

public sealed class StatementCsvTests(BankServer bank)
{
    /// <summary>Characters that make a cell a formula when they come first (OWASP, CSV injection).</summary>
    const string FormulaStarts = "=+-@\t\r\n＝＋－＠";

    [Fact]
    public async Task The_CSV_adds_up_from_the_opening_to_the_closing_balance()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        using var paid = await customer.TransferAsync(accounts[0], accounts[1], 20.5m);
        using var received = await customer.TransferAsync(accounts[1], accounts[0], 0.5m);
        var history = await customer.HistoryAsync(accounts[0]);
        var since = history[1].GetProperty("created_at").GetString()!;

        using var response = await customer.Http.GetAsync(
            $"/accounts/{accounts[0]}/statement?format=csv&since={Uri.EscapeDataString(since)}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.GetValues("Content-Type")
            .ShouldBe(["text/csv; charset=utf-8; header=present"]);
        response.Content.Headers.GetValues("Content-Disposition").ShouldHaveSingleItem()
            .ShouldMatch(
                $"^attachment; filename=\"statement-{accounts[0]}(-\\d{{4}}(-\\d\\d){{2}}){{2}}\\.csv\"$");
        var rows = Rows(await response.Content.ReadAsByteArrayAsync());
        rows[0].ShouldBe([
            "entry", "sequence", "created_at", "id", "from", "to", "in", "out", "balance", "reference",
            "hold",
            "refund_of",
        ]);
        rows.ShouldAllBe(row => row.Length == rows[0].Length);
        rows.Skip(1).Select(row => row[0])
            .ShouldBe(["opening_balance", "transaction", "transaction", "closing_balance"]);
        rows.Skip(1).Select(row => row[6]).ShouldBe(["", "", "0.50", ""]);
        rows.Skip(1).Select(row => row[7]).ShouldBe(["", "20.50", "", ""]);
        rows.Skip(1).Select(row => row[8]).ShouldBe(["100.00", "79.50", "80.00", "80.00"]);
        rows.Skip(1).ShouldAllBe(row => row[2].Length == "2026-01-05T09:35:00.123456+00:00".Length);
        At(rows[1][2]).ShouldBe(At(since));
        At(rows[2][2]).ShouldBe(At(history[1].GetProperty("created_at").GetString()!));
        rows[2][1].ShouldBe("2");
        rows[2][3..6].ShouldBe([
            history[1].GetProperty("id").GetString()!, $"{accounts[0]}", $"{accounts[1]}",
        ]);
    }

    [Fact]
    public async Task The_CSV_names_captured_holds_and_refunded_transactions()
    {
        var (customer, accounts) = await bank.RegisterAsync(100m, 0m);
        var paid = await customer.PayAsync(accounts[0], accounts[1], 10m);
        using var refund = await customer.RefundAsync(paid);
        var hold = await customer.HoldAsync(accounts[0], accounts[1], 5m);
        using var capture = await customer.CaptureAsync(hold);

        var rows = await RowsAsync(customer, accounts[0]);

        rows.Select(row => row[10]).ShouldBe(["hold", "", "", "", "", $"{hold}", ""]);
        rows.Select(row => row[11]).ShouldBe(["refund_of", "", "", "", $"{paid}", "", ""]);
    }

    [Theory]
    [InlineData("Rent", "Rent")]
    [InlineData("a,b;c \"d\" 'e'", "a,b;c \"d\" 'e'")]
    [InlineData(" around ", " around ")]
    [InlineData("שכר דירה, evil", "שכר דירה, evil")]
    [InlineData("😀💶", "😀💶")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+491701234567", "'+491701234567")]
    [InlineData("-5 % off", "'-5 % off")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("=HYPERLINK(\"http://evil\",\"x\")", "'=HYPERLINK(\"http://evil\",\"x\")")]
    [InlineData("\",=1+1,\"", "\",=1+1,\"")]
    [InlineData("  =1+1", "  '=1+1")]
    [InlineData("\u3000＝1+1", "\u3000'＝1+1")]
    [InlineData("＠cmd", "'＠cmd")]
    [InlineData("rent;=1+1; -2;3-1", "rent;'=1+1; '-2;3-1")]
    [InlineData("\u200B=1+1", "\u200B'=1+1")]
    [InlineData("\uFEFF=1+1", "\uFEFF'=1+1")]
    [InlineData("\u00AD\u2060 @SUM(A1)", "\u00AD\u2060 '@SUM(A1)")]
    [InlineData("\u0301=1+1", "\u0301'=1+1")]
    [InlineData("\u061C+1", "\u061C'+1")]
    [InlineData("\U000E0020=1+1", "\U000E0020'=1+1")]
    [InlineData("x;\u200D=1+1", "x;\u200D'=1+1")]
    [InlineData("x;\"=1+1\"", "x;\"'=1+1\"")]
    [InlineData("😀=1", "😀=1")]
    public async Task CSV_references_are_unchanged_except_for_escaped_formulas(string sent, string read)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var deposit = await customer.PostAsync(
            "/transactions/deposit",
            JsonSerializer.Serialize(new { account_id = accounts[0], amount = 1, reference = sent }));
        deposit.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var response = await customer.Http.GetAsync($"/accounts/{accounts[0]}/statement?format=csv");
        var csv = await response.Content.ReadAsByteArrayAsync();

        Rows(csv)[2][9].ShouldBe(read);

        // The cells as a spreadsheet sees them, with commas as separators and with semicolons.
        var cells = Rows(csv).SelectMany(row => row).Concat(Encoding.UTF8.GetString(csv).Split(';', '\n'));

        foreach (var cell in cells)
            FormulaStarts.ShouldNotContain(cell.TrimStart(' ', '\u3000', '"').FirstOrDefault('x'), cell);
    }

    [Fact]
    public async Task CSV_lines_end_with_CRLF()
    {
        var (customer, accounts) = await bank.RegisterAsync(5m);

        var text = await customer.Http.GetStringAsync($"/accounts/{accounts[0]}/statement?format=csv");

        Regex.Count(text, "(?<!\r)\n").ShouldBe(0);
        Regex.Count(text, "\r\n").ShouldBe(4);
        text.ShouldStartWith("entry,sequence,");
        text.ShouldEndWith("\r\n");
    }

    [Fact]
    public async Task CSV_has_no_byte_order_mark_unless_Excel_asks()
    {
        var (customer, accounts) = await bank.RegisterAsync(1234.5m);

        var standard = await CsvAsync(customer, accounts[0], "format=csv");
        var excel = await CsvAsync(customer, accounts[0], "dialect=excel");
        var semicolon = await CsvAsync(customer, accounts[0], "format=csv&dialect=semicolon");

        standard.ShouldStartWith("entry,sequence,created_at,");
        excel.ShouldStartWith("\uFEFFentry,sequence,created_at,");
        semicolon.ShouldStartWith("\uFEFFentry;sequence;created_at;");
        Line(excel).ShouldMatch(@"^transaction,1,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,.*,1234\.50,,1234\.50,,,$");
        Line(semicolon)
            .ShouldMatch(@"^transaction;1;\d{4}-\d\d-\d\d \d\d:\d\d:\d\d;.*;1234,50;;1234,50;;;$");
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("rent;=1+1", "\"rent;'=1+1\"")]
    [InlineData("rent,=1+1, -2", "rent,'=1+1, '-2")]
    [InlineData("\u200B@SUM(A1)", "\u200B'@SUM(A1)")]
    [InlineData("a,b;c", "\"a,b;c\"")]
    public async Task Semicolon_CSV_escapes_formulas_after_either_separator(string sent, string written)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var deposit = await customer.PostAsync(
            "/transactions/deposit",
            JsonSerializer.Serialize(new { account_id = accounts[0], amount = 1, reference = sent }));

        var csv = await CsvAsync(customer, accounts[0], "dialect=semicolon");

        Line(csv).ShouldEndWith($";1,00;{written};;");
    }

    /// <summary>The row of the first transaction.</summary>
    static string Line(string csv) => csv.Split("\r\n")[2];

    static async Task<string> CsvAsync(Customer customer, long account, string query) =>
        Encoding.UTF8.GetString(
            await customer.Http.GetByteArrayAsync($"/accounts/{account}/statement?{query}"));

    static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);

    static async Task<string[][]> RowsAsync(Customer customer, long account) =>
        Rows(await customer.Http.GetByteArrayAsync($"/accounts/{account}/statement?format=csv"));

    static string[][] Rows(byte[] csv)
    {
        using var reader = CsvReader.Create(
            new MemoryStream(csv), new CsvReaderOptions { HasHeader = false });
        var rows = new List<string[]>();

        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);

        return [.. rows];
    }
}
