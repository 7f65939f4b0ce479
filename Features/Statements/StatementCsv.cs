using System.Text.RegularExpressions;
using Bank.Infrastructure.Ledger;
using CsvHelper;

namespace Bank.Features.Statements;

/// <summary>
/// Writes a statement as CSV (RFC 4180) in which no cell becomes a formula in a spreadsheet (OWASP, CSV
/// injection). The first row has the opening balance and the last row the closing balance, so that the
/// amounts between them add up.
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

    /// <summary>What a program may drop before it looks for a formula, above all what is not shown.</summary>
    const string Dropped = $@"[""\s\p{{Cc}}\p{{Cf}}\p{{Cn}}\p{{Co}}\p{{M}}{ReferenceRules.Invisible}]"
        + @"|\uDB40[\uDC00-\uDFFF]|\uD82F[\uDCA0-\uDCA3]|\uD834[\uDD73-\uDD7A]";

    /// <summary>
    /// Formulas that the CSV writer does not escape: after quotes, spaces and invisible characters, in
    /// full-width characters, and after a semicolon, which separates cells in locales with a decimal comma.
    /// </summary>
    static readonly Regex Formula = new(
        $@"((?:^|;)(?:{Dropped})*)([-=+@\uFF0B\uFF0D\uFF1D\uFF20])", RegexOptions.NonBacktracking);

    public static async Task WriteAsync(StatementResponse statement, Stream output, CancellationToken ct)
    {
        await using var csv = CsvWriter.Create(output, Options, leaveOpen: true);
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
