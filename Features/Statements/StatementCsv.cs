using System.Text.RegularExpressions;
using Bank.Infrastructure.Ledger;
using CsvHelper;

namespace Bank.Features.Statements;

/// <summary>
/// Writes a statement as CSV (RFC 4180), which opens in a spreadsheet without any cell becoming a formula
/// (OWASP, CSV injection). Before the transactions there is a row of the opening balance, after them one of the
/// closing balance, so that what comes in and goes out adds up from the one to the other.
/// </summary>
static class StatementCsv
{
    const string Time = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK";
    const string Money = "F2";

    static readonly string[] Columns =
    [
        "entry", "sequence", "created_at", "id", "from", "to", "in", "out", "balance", "reference", "hold",
        "refund_of",
    ];

    static readonly CsvWriterOptions Options = new() { Injection = CsvInjection.Escape };

    /// <summary>
    /// What the writer does not look for: a formula behind spaces, one of full-width characters, and one that
    /// begins a cell where semicolons part them, as they do where a decimal has a comma.
    /// </summary>
    static readonly Regex Formula = new(
        @"((?:^|;)\s*)([-=+@\uFF0B\uFF0D\uFF1D\uFF20])", RegexOptions.NonBacktracking);

    public static async Task WriteAsync(StatementResponse statement, Stream answer, CancellationToken ct)
    {
        await using var csv = CsvWriter.Create(answer, Options, leaveOpen: true);
        csv.WriteHeader(Columns);
        Write(csv, "opening_balance", statement.Since, statement.OpeningBalance);

        await foreach (var item in statement.Transactions.WithCancellation(ct))
        {
            await csv.EndRecordAsync(ct);
            Write(csv, "transaction", item.CreatedAt, item.Balance, item, item.From == statement.AccountId);
        }

        await csv.EndRecordAsync(ct);
        Write(csv, "closing_balance", statement.Until, statement.ClosingBalance);
        await csv.EndRecordAsync(ct);
    }

    static void Write(
        CsvWriter csv, string entry, DateTimeOffset at, decimal balance, Transaction? item = null,
        bool isPaid = false)
    {
        csv.WriteField(entry);
        csv.WriteField(item?.Sequence);
        csv.WriteField(at, Time);
        csv.WriteField(item?.Id);
        csv.WriteField(item?.From);
        csv.WriteField(item?.To);
        csv.WriteField(isPaid ? null : item?.Amount, Money);
        csv.WriteField(isPaid ? item?.Amount : null, Money);
        csv.WriteField(balance, Money);
        csv.WriteField(item?.Reference is { } reference ? Formula.Replace(reference, "$1'$2") : null);
        csv.WriteField(item?.Hold);
        csv.WriteField(item?.RefundOf);
    }
}
