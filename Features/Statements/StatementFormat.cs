namespace Bank.Features.Statements;

/// <summary>A format that statements are written in.</summary>
/// <param name="Name">Its name in the query parameter <c>format</c>.</param>
/// <param name="MediaType">Its media type in Accept and Content-Type.</param>
sealed record StatementFormat(string Name, string MediaType)
{
    public static StatementFormat Json { get; } = new("json", "application/json");

    /// <summary>With the parameters of RFC 4180 and RFC 7111.</summary>
    public static StatementFormat Csv { get; } = new("csv", "text/csv; charset=utf-8; header=present");

    public static StatementFormat Html { get; } = new("html", "text/html; charset=utf-8");

    /// <summary>All formats; the first one is the default.</summary>
    static readonly StatementFormat[] All = [Json, Csv, Html];

    /// <summary>The format that the request names, or else accepts; null if it accepts none.</summary>
    public static StatementFormat? From(GetStatementRequest request, HttpRequest http) =>
        request.Format is { } name
            ? Array.Find(All, format => format.Name == name)
            : StatementNegotiation.Choose(http, All);
}
