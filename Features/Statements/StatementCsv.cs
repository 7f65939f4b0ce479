using Bank.Infrastructure.Ledger;
using CsvHelper;

namespace Bank.Features.Statements;

/// <summary>
/// Writes a statement as CSV (RFC 4180) in which no cell becomes a formula in a spreadsheet (OWASP, CSV
/// injection). The first row has the opening balance and the last row the closing balance, so that the
/// amounts between them add up. A statement in a currency has it in one more column, the last.
/// </summary>
sealed class StatementCsv(CsvWriter csv, StatementCsvDialect dialect, string? currency)
{
    static readonly string[] Columns =
    [
        "entry", "sequence", "created_at", "id", "from", "to", "in", "out", "balance", "reference", "hold",
        "refund_of",
    ];

    public static Task WriteAsync(StatementResponse statement, Stream output, CancellationToken ct) =>
        WriteAsync(StatementCsvDialect.Standard, statement, output, ct);

    public static async Task WriteAsync(
        StatementCsvDialect dialect, StatementResponse statement, Stream output, CancellationToken ct)
    {
        await using var csv = CsvWriter.Create(output, dialect.Options, leaveOpen: true);
        var rows = new StatementCsv(csv, dialect, statement.Currency);
        csv.WriteHeader(statement.Currency is null ? Columns : [.. Columns, "currency"]);
        rows.Write("opening_balance", statement.Since, statement.OpeningBalance);

        await foreach (var item in statement.Transactions.WithCancellation(ct))
        {
            await csv.EndRecordAsync(ct);
            rows.Write("transaction", item.CreatedAt, item.Balance, item, item.From == statement.AccountId);
        }

        await csv.EndRecordAsync(ct);
        rows.Write("closing_balance", statement.Until, statement.ClosingBalance);
        await csv.EndRecordAsync(ct);
    }

    void Write(
        string entry, DateTimeOffset at, decimal balance, Transaction? item = null, bool isPaid = false)
    {
        csv.WriteField(entry);
        csv.WriteField(item?.Sequence);
        csv.WriteField(at, dialect.TimeFormat);
        csv.WriteField(item?.Id);
        csv.WriteField(item?.From);
        csv.WriteField(item?.To);
        csv.WriteField(isPaid ? null : item?.Amount);
        csv.WriteField(isPaid ? item?.Amount : null);
        csv.WriteField(balance);
        csv.WriteField(item?.Reference is { } text ? dialect.Formula.Replace(text, "$1'$2") : null);
        csv.WriteField(item?.Hold);
        csv.WriteField(item?.RefundOf);

        if (currency is not null)
            csv.WriteField(currency);
    }
}
