using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Bank.Infrastructure.Ledger;

namespace Bank.Features.Statements;

/// <summary>
/// Writes a statement as an HTML page to read and to print. References are encoded, and their text direction
/// does not affect the rest of the page.
/// </summary>
static class StatementHtml
{
    const int BufferSize = 16 * 1024;

    static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static async Task WriteAsync(StatementResponse statement, Stream output, CancellationToken ct)
    {
        // The chart comes before the transactions, so they are read twice.
        var chart = new StatementChart(statement);

        await foreach (var item in statement.Transactions.WithCancellation(ct))
            chart.Add(item);

        await using var page = new StreamWriter(output, bufferSize: BufferSize, leaveOpen: true);
        await page.WriteAsync(Head(statement, chart).AsMemory(), ct);

        await foreach (var item in statement.Transactions.WithCancellation(ct))
            await page.WriteAsync(Row(item, item.From == statement.AccountId).AsMemory(), ct);

        await page.WriteAsync(Foot(statement).AsMemory(), ct);
    }

    static string Head(StatementResponse statement, StatementChart chart) =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Account {statement.AccountId}, {Day(statement.Since)} to {Day(statement.Until)}</title>
        <style>{StatementStyle.Css}</style>
        </head>
        <body>
        <header>
        <h1>Statement of account {statement.AccountId}</h1>
        <dl>{Currency(statement)}
        <div><dt>From</dt><dd>{Time(statement.Since)}</dd></div>
        <div><dt>Until</dt><dd>{Time(statement.Until)}</dd></div>
        <div><dt>Opening balance</dt><dd>{Money(statement.OpeningBalance)}</dd></div>
        <div><dt>In</dt><dd>{Money(statement.TotalIn)}</dd></div>
        <div><dt>Out</dt><dd>{Money(statement.TotalOut)}</dd></div>
        <div><dt>Closing balance</dt><dd>{Money(statement.ClosingBalance)}</dd></div>
        </dl>
        </header>
        <figure>
        <p><span>{Money(chart.Highest)}</span><span>Balance</span></p>
        {Drawing(chart)}
        <p><span>{Day(statement.Since)}</span><span>{Day(statement.Until)}</span></p>
        </figure>
        <main>
        <table>
        <thead><tr><th scope="col">No.</th><th scope="col">Time</th><th scope="col">For</th>
        <th scope="col">Out</th><th scope="col">In</th><th scope="col">Balance</th></tr></thead>
        <tbody>
        {Edge("Opening balance", statement.Since, statement.OpeningBalance)}
        """;

    static string Drawing(StatementChart chart)
    {
        var (path, width, height) = (chart.Path(), StatementChart.Width, StatementChart.Height);

        return $"""
            <svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img"
            aria-label="The balance over the period"><path d="{path}V{height}H0Z"/><path d="{path}"/></svg>
            """;
    }

    static string Row(Transaction item, bool isPaid) =>
        $"""
        <tr><td>{item.Sequence}</td><td>{Time(item.CreatedAt)}</td><td>{Purpose(item, isPaid)}</td>
        <td>{(isPaid ? Money(item.Amount) : "")}</td><td>{(isPaid ? "" : Money(item.Amount))}</td>
        <td>{Money(item.Balance)}</td></tr>

        """;

    static string Edge(string name, DateTimeOffset at, decimal balance) =>
        $"""
        <tr class="edge"><td></td><td>{Time(at)}</td><td>{name}</td><td></td><td></td>
        <td>{Money(balance)}</td></tr>

        """;

    static string Foot(StatementResponse statement) =>
        $"""
        {Edge("Closing balance", statement.Until, statement.ClosingBalance)}</tbody>
        </table>
        </main>
        <footer>Times are UTC. The end of the period itself belongs to the next statement.</footer>
        </body>
        </html>

        """;

    static string Purpose(Transaction item, bool isPaid)
    {
        var reference = item.Reference is { } text ? $"<span dir=\"auto\">{Encoder.Encode(text)}</span>" : "";
        var kind = (isPaid ? item.To : item.From, isPaid) switch
        {
            (null, true) => "Withdrawal",
            (null, false) => "Deposit",
            ({ } other, true) => $"To account {other}",
            ({ } other, false) => $"From account {other}",
        };
        var origin = item switch
        {
            { RefundOf: not null } => ", refund",
            { Hold: not null } => ", captured hold",
            _ => "",
        };

        return $"{reference}<small>{kind}{origin}</small>";
    }

    static string Time(DateTimeOffset time) => string.Create(
        CultureInfo.InvariantCulture,
        $"<time datetime=\"{time:O}\"><span>{time:yyyy-MM-dd}</span> <span>{time:HH:mm:ss}</span></time>");

    static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    static string Currency(StatementResponse statement) =>
        statement.Currency is { } code ? $"\n<div><dt>Currency</dt><dd>{code}</dd></div>" : "";

    static string Money(decimal amount) => amount.ToString($"N{amount.Scale}", CultureInfo.InvariantCulture);
}
