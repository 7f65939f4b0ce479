using System.Globalization;
using System.Numerics;
using FastEndpoints;
using Microsoft.Extensions.Primitives;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Reads integers in every notation that JSON has for them: to JSON Schema, and to many clients, <c>1.0</c>
/// and <c>1e0</c> are the integer 1. The digits are never converted to a binary fraction, so none gets lost.
/// </summary>
static class WholeNumber
{
    /// <summary>Parses a value of the address.</summary>
    public static ParseResult Parse<T>(StringValues values)
        where T : struct, IBinaryInteger<T> =>
        values.Count == 1 && TryParse<T>(values[0]!, out var number) ? new(true, number) : new(false, null);

    /// <summary>False for text that is not a number, has a fraction or is beyond the type's range.</summary>
    public static bool TryParse<T>(string text, out T number)
        where T : struct, IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out number)
        || (TryWriteOut(text, out var digits)
            && T.TryParse(digits, NumberStyles.Integer, CultureInfo.InvariantCulture, out number));

    /// <summary>Writes an integer without its point and its exponent; false for any other text.</summary>
    static bool TryWriteOut(string text, out string digits)
    {
        const int MaxDigits = 20;
        digits = "";
        var exponentAt = text.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = 0;

        if (exponentAt >= 0 && !int.TryParse(
            text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out exponent))
            return false;

        var sign = mantissa.StartsWith('-') ? "-" : "";
        var parts = mantissa[sign.Length..].Split('.');

        if (parts.Length > 2 || parts.Any(part => part.Length == 0 || !part.All(char.IsAsciiDigit)))
            return false;

        // The number is the significant digits, with this many zeros behind them.
        var significant = string.Concat(parts).TrimEnd('0');
        var zeros = (long)exponent + parts[0].Length - significant.Length;
        significant = significant.TrimStart('0');

        if (significant.Length == 0)
            digits = "0";
        else if (zeros is >= 0 and <= MaxDigits)
            digits = sign + significant + new string('0', (int)zeros);

        return digits.Length > 0;
    }
}
