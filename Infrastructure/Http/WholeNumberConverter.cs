using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Reads an integer from a JSON number or a numeric string, as <see cref="WholeNumber"/> does, and writes it
/// as a number.
/// </summary>
/// <exception cref="JsonException">The value is not an integer, or is out of range.</exception>
sealed class WholeNumberConverter<T> : JsonConverter<T>
    where T : struct, IBinaryInteger<T>
{
    /// <summary>No integer needs more.</summary>
    const int MaxLength = 64;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader is { TokenType: JsonTokenType.Number, HasValueSequence: false }
            && T.TryParse(
                reader.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var plain))
            return plain;

        return TryGetText(ref reader, out var text) && WholeNumber.TryParse<T>(text, out var number)
            ? number
            : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(long.CreateChecked(value));

    static bool TryGetText(ref Utf8JsonReader reader, out string text)
    {
        text = "";

        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)
            || (reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) > MaxLength)
            return false;

        text = reader.TokenType is JsonTokenType.String ? reader.GetString()!
            : Encoding.UTF8.GetString(
                reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);

        return text.Length > 0 && !text.Any(char.IsWhiteSpace);
    }
}
