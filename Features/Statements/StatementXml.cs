using System.Globalization;
using System.Text;
using System.Xml;

namespace Bank.Features.Statements;

/// <summary>What the XML formats of statements share.</summary>
static class StatementXml
{
    /// <summary>How the formats name the bank, which has no code of its own.</summary>
    public const string BankId = "BANK";

    /// <summary>One element a line. A response that breaks off in the middle lacks its end.</summary>
    static readonly XmlWriterSettings Settings = new()
    {
        Async = true,
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        IndentChars = "",
        NewLineChars = "\n",
        WriteEndDocumentOnClose = false,
    };

    public static XmlWriter Create(Stream output) => XmlWriter.Create(output, Settings);

    /// <summary>The code of ISO 4217; XXX is the one of no currency.</summary>
    public static string CurrencyOf(StatementResponse statement) => statement.Currency ?? "XXX";

    public static string Money(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A text that XML 1.0 can hold: U+FFFD stands for each character that it forbids, such as U+FFFE.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="max">The number of characters that the format allows.</param>
    public static string Text(string text, int max) => string.Concat(text.EnumerateRunes().Take(max)
        .Select(rune => IsAllowed(rune.Value) ? rune : Rune.ReplacementChar));

    static bool IsAllowed(int character) =>
        character is '\t' or '\n' or '\r' or (>= ' ' and not (0xFFFE or 0xFFFF));
}
