using System.Globalization;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Ledger;
using CsvHelper;

namespace Bank.Features.Statements;

/// <summary>How a program expects CSV.</summary>
/// <param name="Options">The separator, the decimal separator and the byte order mark.</param>
/// <param name="TimeFormat">The format of times, which are UTC.</param>
/// <param name="Formula">
/// Formulas that the CSV writer does not escape: after quotes, spaces and invisible characters, in
/// full-width characters, and after a character that separates cells in another locale.
/// </param>
sealed record StatementCsvDialect(CsvWriterOptions Options, string TimeFormat, Regex Formula)
{
    /// <summary>A time that Excel understands in every locale.</summary>
    const string ExcelTime = "yyyy-MM-dd HH:mm:ss";

    /// <summary>What a program may drop before it looks for a formula, above all what is not shown.</summary>
    const string Dropped = $@"[""\s\p{{Cc}}\p{{Cf}}\p{{Cn}}\p{{Co}}\p{{M}}{ReferenceRules.Invisible}]"
        + @"|\uDB40[\uDC00-\uDFFF]|\uD82F[\uDCA0-\uDCA3]|\uD834[\uDD73-\uDD7A]";

    static readonly CultureInfo DecimalComma =
        new("") { NumberFormat = { NumberDecimalSeparator = "," } };

    /// <summary>RFC 4180, with times as in JSON, but all of one width.</summary>
    public static StatementCsvDialect Standard { get; } = new(
        new() { Injection = CsvInjection.Escape }, "yyyy-MM-dd'T'HH:mm:ss.ffffffK", FormulaAfter(";"));

    /// <summary>Excel in a locale with a decimal point, where the comma separates cells.</summary>
    static readonly StatementCsvDialect Excel = Standard with
    {
        Options = Standard.Options with { WriteByteOrderMark = true },
        TimeFormat = ExcelTime,
    };

    /// <summary>Excel in a locale with a decimal comma, where the semicolon separates cells.</summary>
    static readonly StatementCsvDialect Semicolon = new(
        Excel.Options with { Separator = ';', FormatProvider = DecimalComma }, ExcelTime,
        FormulaAfter("[;,]"));

    /// <param name="name">The query parameter <c>dialect</c>.</param>
    public static StatementCsvDialect From(string name) => name == "excel" ? Excel : Semicolon;

    static Regex FormulaAfter(string separator) => new(
        $@"((?:^|{separator})(?:{Dropped})*)([-=+@\uFF0B\uFF0D\uFF1D\uFF20])", RegexOptions.NonBacktracking);
}
