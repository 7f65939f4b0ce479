using Bank.Infrastructure.Http;

namespace Bank.Features.Statements;

/// <summary>What a statement may be written in.</summary>
/// <param name="Name">What an address calls it.</param>
/// <param name="MediaType">What Accept asks for it by, and its Content-Type.</param>
sealed record StatementFormat(string Name, string MediaType)
{
    public static StatementFormat Json { get; } = new("json", "application/json");

    /// <summary>With the parameters of RFC 4180 and RFC 7111.</summary>
    public static StatementFormat Csv { get; } = new("csv", "text/csv; charset=utf-8; header=present");

    /// <summary>A page to read and to print.</summary>
    public static StatementFormat Html { get; } = new("html", "text/html; charset=utf-8");

    /// <summary>The first one is written for whoever takes anything.</summary>
    static readonly StatementFormat[] All = [Json, Csv, Html];

    /// <summary>The one that a valid request names, or would rather have; null if it wants none.</summary>
    public static StatementFormat? Of(GetStatementRequest request, HttpRequest http) => request.Format is { } name
        ? Array.Find(All, format => format.Name == name)
        : AcceptedTypes.Choose(http, All, format => format.MediaType);
}
