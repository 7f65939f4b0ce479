namespace Bank.Features.Statements;

/// <summary>A format that statements are written in.</summary>
/// <param name="Name">Its name in the query parameter <c>format</c>.</param>
/// <param name="MediaType">Its media type in Accept and Content-Type.</param>
/// <param name="WriteAsync">Writes it; null for JSON, which the framework writes.</param>
/// <param name="Extension">The extension of the file that it is saved as; null for a page to look at.</param>
sealed record StatementFormat(
    string Name, string MediaType,
    Func<StatementResponse, Stream, CancellationToken, Task>? WriteAsync = null, string? Extension = null)
{
    public static StatementFormat Json { get; } = new("json", "application/json");

    /// <summary>With the parameters of RFC 4180 and RFC 7111.</summary>
    public static StatementFormat Csv { get; } =
        new("csv", "text/csv; charset=utf-8; header=present", StatementCsv.WriteAsync, "csv");

    public static StatementFormat Html { get; } =
        new("html", "text/html; charset=utf-8", StatementHtml.WriteAsync);

    public static StatementFormat Camt { get; } =
        new("camt", "application/xml; charset=utf-8", StatementCamt.WriteAsync, "xml");

    public static StatementFormat Ofx { get; } =
        new("ofx", "application/x-ofx", StatementOfx.WriteAsync, "ofx");

    /// <summary>All formats; the first one is the default.</summary>
    static readonly StatementFormat[] All = [Json, Csv, Html, Camt, Ofx];

    /// <summary>The format that the request names, or else accepts; null if it accepts none.</summary>
    public static StatementFormat? From(GetStatementRequest request, HttpRequest http) =>
        request.Dialect is { } dialect ? CsvIn(StatementCsvDialect.From(dialect))
        : request.Format is { } name ? Array.Find(All, format => format.Name == name)
        : StatementNegotiation.Choose(http, All);

    static StatementFormat CsvIn(StatementCsvDialect dialect) => Csv with
    {
        WriteAsync = (statement, output, ct) => StatementCsv.WriteAsync(dialect, statement, output, ct),
    };
}
