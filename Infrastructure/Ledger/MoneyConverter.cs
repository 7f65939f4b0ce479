using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bank.Infrastructure.Http;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// Reads an amount of money exactly, from a JSON number or a numeric string, and writes it as a number with
/// the decimals that it has. It never rounds: a number with more digits than a decimal is exact for is
/// refused.
/// </summary>
/// <exception cref="UnreadableValueException">
/// The value is not a number or has too many digits.
/// </exception>
sealed class MoneyConverter : JsonConverter<decimal>
{
    /// <summary>A decimal is exact for every number of up to 28 digits.</summary>
    const int ExactDigits = 28;

    const int MaxLength = 64;

    const NumberStyles PlainNumber =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            throw new UnreadableValueException("must be a number");

        var text = reader.HasValueSequence
            ? Encoding.UTF8.GetString(reader.ValueSequence.ToArray())
            : Encoding.UTF8.GetString(reader.ValueSpan);

        if (text.Length > MaxLength || Digits(text) > ExactDigits)
            throw new UnreadableValueException("has too many digits");

        // Equal amounts get equal decimals, at least two: fingerprints of requests depend on it.
        return decimal.TryParse(text, PlainNumber, CultureInfo.InvariantCulture, out var amount)
            ? amount / 1.0000000000000000000000000000m + 0.00m
            : throw new UnreadableValueException("must be a number");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[MaxLength];

        if (!value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture))
            throw new UnreadableValueException("is no amount of money");

        writer.WriteRawValue(text[..length], skipInputValidation: true);
    }

    /// <summary>
    /// An upper bound of the digits of the number when written out: those of the mantissa plus the shift of
    /// the exponent.
    /// </summary>
    static int Digits(string number)
    {
        var exponentAt = number.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? number.AsSpan() : number.AsSpan(0, exponentAt);
        var point = mantissa.IndexOf('.');
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = Math.Max(mantissa.TrimStart("-+0.").Length, decimals);

        return exponentAt < 0 ? digits
            : int.TryParse(number.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out var exponent) && Math.Abs((long)exponent) < ExactDigits
                ? digits + Math.Abs(exponent)
                : ExactDigits + 1;
    }
}
