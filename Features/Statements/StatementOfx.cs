using System.Globalization;
using System.Xml.Linq;
using Bank.Infrastructure.Ledger;
using static Bank.Features.Statements.StatementXml;

namespace Bank.Features.Statements;

/// <summary>Writes a statement as OFX 2.2, which personal finance software imports.</summary>
static class StatementOfx
{
    const string Header =
        "OFXHEADER=\"200\" VERSION=\"220\" SECURITY=\"NONE\" OLDFILEUID=\"NONE\" NEWFILEUID=\"NONE\"";

    const int MaxMemoLength = 255;

    public static async Task WriteAsync(StatementResponse statement, Stream output, CancellationToken ct)
    {
        await using var xml = Create(output);
        await xml.WriteStartDocumentAsync(standalone: false);
        await xml.WriteProcessingInstructionAsync("OFX", Header);
        await xml.WriteStartElementAsync(null, "OFX", null);
        await SignOn(statement).WriteToAsync(xml, ct);
        await xml.WriteStartElementAsync(null, "BANKMSGSRSV1", null);
        await xml.WriteStartElementAsync(null, "STMTTRNRS", null);
        await new XElement("TRNUID", "0").WriteToAsync(xml, ct);
        await Status().WriteToAsync(xml, ct);
        await xml.WriteStartElementAsync(null, "STMTRS", null);
        await new XElement("CURDEF", CurrencyOf(statement)).WriteToAsync(xml, ct);
        await Account(statement).WriteToAsync(xml, ct);
        await xml.WriteStartElementAsync(null, "BANKTRANLIST", null);
        await new XElement("DTSTART", Time(statement.Since)).WriteToAsync(xml, ct);
        await new XElement("DTEND", Time(statement.Until)).WriteToAsync(xml, ct);

        await foreach (var item in statement.Transactions.WithCancellation(ct))
            await Entry(item, item.From == statement.AccountId).WriteToAsync(xml, ct);

        await xml.WriteEndElementAsync();
        await Balance(statement).WriteToAsync(xml, ct);
        await xml.WriteEndDocumentAsync();
    }

    /// <summary>
    /// The server's time is the end of the period, so that a repeated request gets the same file.
    /// </summary>
    static XElement SignOn(StatementResponse statement) => new("SIGNONMSGSRSV1", new XElement("SONRS",
        Status(),
        new XElement("DTSERVER", Time(statement.Until)),
        new XElement("LANGUAGE", "ENG")));

    static XElement Status() => new("STATUS",
        new XElement("CODE", "0"),
        new XElement("SEVERITY", "INFO"));

    static XElement Account(StatementResponse statement) => new("BANKACCTFROM",
        new XElement("BANKID", BankId),
        new XElement("ACCTID", statement.AccountId),
        new XElement("ACCTTYPE", "CHECKING"));

    static XElement Entry(Transaction item, bool isPaid)
    {
        var (type, name) = (isPaid ? item.To : item.From, isPaid) switch
        {
            (null, true) => ("DEBIT", "Withdrawal"),
            (null, false) => ("DEP", "Deposit"),
            ({ } other, _) => ("XFER", $"Account {other}"),
        };

        return new XElement("STMTTRN",
            new XElement("TRNTYPE", type),
            new XElement("DTPOSTED", Time(item.CreatedAt)),
            new XElement("TRNAMT", Money(isPaid ? -item.Amount : item.Amount)),
            new XElement("FITID", item.Id),
            new XElement("NAME", name),
            item.Reference is { } reference ? new XElement("MEMO", Text(reference, MaxMemoLength)) : null);
    }

    static XElement Balance(StatementResponse statement) => new("LEDGERBAL",
        new XElement("BALAMT", Money(statement.ClosingBalance)),
        new XElement("DTASOF", Time(statement.Until)));

    static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyyMMddHHmmss.fff'[0:GMT]'", CultureInfo.InvariantCulture);
}
