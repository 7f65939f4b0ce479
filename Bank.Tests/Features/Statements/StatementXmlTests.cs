using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Bank.Features.Statements;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;

namespace Bank.Tests.Features.Statements;

public sealed class StatementXmlTests(BankServer bank)
{
    static readonly DateTimeOffset Since = new(2026, 1, 5, 9, 30, 0, TimeSpan.Zero);

    static readonly Guid First = Guid.Parse("019b8d3a-0000-7d3a-9f60-2b8c5d1e4f70");

    static readonly StatementResponse Statement = new(
        1, null, Since, Since.AddHours(1), 5.00m, 15.00m, 12.50m, 2.50m, new Transaction[]
        {
            new(7, First, 2, 1, 12.50m, null, 17.50m, Since.AddMinutes(1), "Rent <&> more", RefundOf: First),
            new(8, First, 1, null, 2.50m, null, 15.00m, Since.AddMinutes(2).AddMicroseconds(1)),
        }.ToAsyncEnumerable());

    [Fact]
    public async Task Camt_statement_has_balances_and_entries()
    {
        XNamespace schema = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";

        var document = XDocument.Parse(await TextAsync(StatementCamt.WriteAsync));

        document.Root!.Name.ShouldBe(schema + "Document");
        document.Descendants().ShouldAllBe(element => element.Name.Namespace == schema);
        var statement = document.Root.Element(schema + "BkToCstmrStmt")!.Element(schema + "Stmt")!;
        statement.Elements().Select(element => element.Name.LocalName)
            .ShouldBe(["Id", "CreDtTm", "FrToDt", "Acct", "Bal", "Bal", "Ntry", "Ntry"]);
        statement.Elements().Skip(2).Select(Text).ShouldBe([
            "2026-01-05T09:30:00.000000Z 2026-01-05T10:30:00.000000Z", "1 XXX BANK",
            "OPBD XXX=5.00 CRDT 2026-01-05", "CLBD XXX=15.00 CRDT 2026-01-05",
            "7 XXX=12.50 CRDT BOOK 2026-01-05 2026-01-05 019b8d3a00007d3a9f602b8c5d1e4f70 PMNT RCDT BOOK "
                + "019b8d3a00007d3a9f602b8c5d1e4f70 019b8d3a00007d3a9f602b8c5d1e4f70 XXX=12.50 CRDT 2 1 "
                + "Rent <&> more 2026-01-05T09:31:00.000000Z Refund of 019b8d3a00007d3a9f602b8c5d1e4f70",
            "8 XXX=2.50 DBIT BOOK 2026-01-05 2026-01-05 019b8d3a00007d3a9f602b8c5d1e4f70 PMNT CNTR CWDL "
                + "019b8d3a00007d3a9f602b8c5d1e4f70 019b8d3a00007d3a9f602b8c5d1e4f70 XXX=2.50 DBIT 1 "
                + "2026-01-05T09:32:00.000001Z",
        ]);
    }

    [Fact]
    public async Task OFX_statement_has_entries_and_the_closing_balance()
    {
        var text = await TextAsync(StatementOfx.WriteAsync);

        text.ShouldStartWith(
            """
            <?xml version="1.0" encoding="utf-8" standalone="no"?>
            <?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
            <OFX>
            """);
        XDocument.Parse(text).Root!.Element("BANKMSGSRSV1")!.Descendants()
            .Where(element => !element.HasElements)
            .Select(element => $"{element.Name} {element.Value}").ShouldBe([
                "TRNUID 0", "CODE 0", "SEVERITY INFO", "CURDEF XXX", "BANKID BANK", "ACCTID 1",
                "ACCTTYPE CHECKING", "DTSTART 20260105093000.000[0:GMT]", "DTEND 20260105103000.000[0:GMT]",
                "TRNTYPE XFER", "DTPOSTED 20260105093100.000[0:GMT]", "TRNAMT 12.50", $"FITID {First}",
                "NAME Account 2", "MEMO Rent <&> more",
                "TRNTYPE DEBIT", "DTPOSTED 20260105093200.000[0:GMT]", "TRNAMT -2.50", $"FITID {First}",
                "NAME Withdrawal",
                "BALAMT 15.00", "DTASOF 20260105103000.000[0:GMT]",
            ]);
    }

    [Theory]
    [InlineData("camt", "application/xml; charset=utf-8", "xml")]
    [InlineData("ofx", "application/x-ofx", "ofx")]
    public async Task XML_statement_is_a_file_and_the_same_for_the_same_period(
        string format, string contentType, string extension)
    {
        var (customer, accounts) = await bank.RegisterAsync(100m);
        var path = $"/accounts/{accounts[0]}/statement?format={format}";
        var end = (await customer.HistoryAsync(accounts[0]))[0].GetProperty("created_at").GetDateTimeOffset()
            .AddMicroseconds(1);
        var period = $"{path}&until={Uri.EscapeDataString($"{end:O}")}";

        using var response = await customer.Http.GetAsync(path);
        var one = await customer.Http.GetStringAsync(period);
        var same = await customer.Http.GetStringAsync(period);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.GetValues("Content-Type").ShouldBe([contentType]);
        response.Content.Headers.GetValues("Content-Disposition").ShouldHaveSingleItem()
            .ShouldMatch(
                $"^attachment; filename=\"statement-{accounts[0]}(-\\d{{4}}(-\\d\\d){{2}}){{2}}"
                + $"\\.{extension}\"$");
        same.ShouldBe(one);
        one.ShouldContain("100.00");
    }

    [Theory]
    [InlineData("<script>&amp;]]>\"'")]
    [InlineData("\uFFFE\uFFFF!", "\uFFFD\uFFFD!")]
    [InlineData("שכר דירה 😀💶 ﷽")]
    [InlineData("  two  spaces  ")]
    public async Task XML_statements_keep_every_reference_that_XML_allows(string sent, string? read = null)
    {
        var (customer, accounts) = await bank.RegisterAsync(0m);
        using var deposit = await customer.PostAsync(
            "/transactions/deposit",
            JsonSerializer.Serialize(new { account_id = accounts[0], amount = 1, reference = sent }));
        deposit.StatusCode.ShouldBe(HttpStatusCode.Created);

        foreach (var (format, element) in new[] { ("camt", "Ustrd"), ("ofx", "MEMO") })
        {
            var bytes = await customer.Http.GetByteArrayAsync(
                $"/accounts/{accounts[0]}/statement?format={format}");

            bytes[0].ShouldBe((byte)'<');
            XDocument.Load(new MemoryStream(bytes)).Descendants()
                .Single(found => found.Name.LocalName == element).Value.ShouldBe(read ?? sent);
        }
    }

    [Fact]
    public void XML_text_replaces_control_characters_and_counts_code_points()
    {
        StatementXml.Text("a\u0000\u001B\t\uD800b", 140).ShouldBe("a\uFFFD\uFFFD\t\uFFFDb");
        StatementXml.Text(new string('x', 150), 140).Length.ShouldBe(140);
        StatementXml.Text(string.Concat(Enumerable.Repeat("😀", 150)), 140).Length.ShouldBe(280);
    }

    /// <summary>The texts of an element, with the currency before an amount.</summary>
    static string Text(XElement element) => string.Join(' ', element.DescendantsAndSelf()
        .Where(leaf => !leaf.HasElements)
        .Select(leaf => leaf.Attribute("Ccy") is { Value: var currency }
            ? $"{currency}={leaf.Value}"
            : leaf.Value));

    static async Task<string> TextAsync(Func<StatementResponse, Stream, CancellationToken, Task> write)
    {
        using var stream = new MemoryStream();
        await write(Statement, stream, CancellationToken.None);

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
