using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Bank.Infrastructure.Ledger;
using static Bank.Features.Statements.StatementXml;

namespace Bank.Features.Statements;

/// <summary>
/// Writes a statement as ISO 20022 camt.053.001.08 (BankToCustomerStatement), which accounting software
/// imports. Dates are days in UTC, as importers expect them; the exact times are beside them.
/// </summary>
static class StatementCamt
{
    const string Namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
    const int MaxReferenceLength = 140;

    static readonly XNamespace Schema = Namespace;

    public static async Task WriteAsync(StatementResponse statement, Stream output, CancellationToken ct)
    {
        var currency = CurrencyOf(statement);
        await using var xml = Create(output);
        await xml.WriteStartDocumentAsync();
        await xml.WriteStartElementAsync(null, "Document", Namespace);
        await xml.WriteStartElementAsync(null, "BkToCstmrStmt", Namespace);
        await GroupHeader(statement).WriteToAsync(xml, ct);
        await xml.WriteStartElementAsync(null, "Stmt", Namespace);

        foreach (var part in Head(statement, currency))
            await part.WriteToAsync(xml, ct);

        await foreach (var item in statement.Transactions.WithCancellation(ct))
            await Entry(item, item.From == statement.AccountId, currency).WriteToAsync(xml, ct);

        await xml.WriteEndDocumentAsync();
    }

    /// <summary>
    /// The message was created at the end of its period, so that a repeated request gets the same message.
    /// </summary>
    static XElement GroupHeader(StatementResponse statement) => Element("GrpHdr",
        Element("MsgId", IdOf(statement)),
        Element("CreDtTm", Time(statement.Until)));

    static XElement[] Head(StatementResponse statement, string currency) =>
    [
        Element("Id", IdOf(statement)),
        Element("CreDtTm", Time(statement.Until)),
        Element("FrToDt",
            Element("FrDtTm", Time(statement.Since)),
            Element("ToDtTm", Time(statement.Until))),
        Element("Acct",
            AccountId(statement.AccountId),
            Element("Ccy", currency),
            Element("Svcr", Element("FinInstnId", Element("Othr", Element("Id", BankId))))),
        Balance("OPBD", statement.OpeningBalance, statement.Since, currency),
        Balance("CLBD", statement.ClosingBalance, statement.Until, currency),
    ];

    static XElement Balance(string type, decimal balance, DateTimeOffset at, string currency) =>
        Element("Bal",
            Element("Tp", Element("CdOrPrtry", Element("Cd", type))),
            Amount(balance, currency),
            Element("CdtDbtInd", "CRDT"),
            Element("Dt", Day(at)));

    static XElement Entry(Transaction item, bool isPaid, string currency) => Element("Ntry",
        Element("NtryRef", item.Sequence),
        Amount(item.Amount, currency),
        Direction(isPaid),
        Element("Sts", Element("Cd", "BOOK")),
        Element("BookgDt", Day(item.CreatedAt)),
        Element("ValDt", Day(item.CreatedAt)),
        Element("AcctSvcrRef", Id(item.Id)),
        Code(item, isPaid),
        Element("NtryDtls", Details(item, isPaid, currency)));

    static XElement Details(Transaction item, bool isPaid, string currency) => Element("TxDtls",
        Element("Refs",
            Element("AcctSvcrRef", Id(item.Id)),
            Element("TxId", Id(item.Id))),
        Amount(item.Amount, currency),
        Direction(isPaid),
        Element("RltdPties",
            item.From is { } from ? Element("DbtrAcct", AccountId(from)) : null,
            item.To is { } to ? Element("CdtrAcct", AccountId(to)) : null),
        item.Reference is { } reference
            ? Element("RmtInf", Element("Ustrd", Text(reference, MaxReferenceLength)))
            : null,
        Element("RltdDts", Element("TxDtTm", Time(item.CreatedAt))),
        item switch
        {
            { RefundOf: { } original } => Element("AddtlTxInf", $"Refund of {Id(original)}"),
            { Hold: { } hold } => Element("AddtlTxInf", $"Captured hold {Id(hold)}"),
            _ => null,
        });

    /// <summary>
    /// The ISO bank transaction code: a cash deposit or withdrawal, or a transfer within the bank.
    /// </summary>
    static XElement Code(Transaction item, bool isPaid)
    {
        var (family, subfamily) = (isPaid ? item.To : item.From, isPaid) switch
        {
            (null, true) => ("CNTR", "CWDL"),
            (null, false) => ("CNTR", "CDPT"),
            (_, true) => ("ICDT", "BOOK"),
            (_, false) => ("RCDT", "BOOK"),
        };

        return Element("BkTxCd", Element("Domn",
            Element("Cd", "PMNT"),
            Element("Fmly",
                Element("Cd", family),
                Element("SubFmlyCd", subfamily))));
    }

    static XElement Direction(bool isPaid) => Element("CdtDbtInd", isPaid ? "DBIT" : "CRDT");

    static XElement AccountId(long id) => Element("Id", Element("Othr", Element("Id", id)));

    static XElement Amount(decimal amount, string currency) =>
        Element("Amt", new XAttribute("Ccy", currency), Money(amount));

    static XElement Day(DateTimeOffset time) =>
        Element("Dt", time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Without hyphens: the schema allows 35 characters.</summary>
    static string Id(Guid id) => id.ToString("N");

    /// <summary>The same for the same account and period.</summary>
    static string IdOf(StatementResponse statement)
    {
        var text = $"{statement.AccountId} {Time(statement.Since)} {Time(statement.Until)}";

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }

    static XElement Element(string name, params object?[] content) => new(Schema + name, content);
}
