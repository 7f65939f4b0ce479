using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bank.Infrastructure.Http;

/// <summary>Reads past a value, whatever it is.</summary>
sealed class SkipConverter<T> : JsonConverter<T>
{
    public override bool HandleNull => true;

    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        reader.Skip();
        return default;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteNullValue();
}
