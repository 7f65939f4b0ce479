using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FastEndpoints;

namespace Bank.Infrastructure.Http;

/// <summary>
/// The members of a request that come from its JSON body. Members that come from the address or a header are
/// excluded from the JSON.
/// </summary>
static class BodyMembers
{
    public static bool IsFromElsewhere(ICustomAttributeProvider member) =>
        member.IsDefined(typeof(NonJsonBindingAttribute), inherit: true);

    /// <summary>Whether a request has body members, and all of them are optional.</summary>
    public static bool AreOptional(Type request)
    {
        var names = request.GetProperties().Where(member => !IsFromElsewhere(member))
            .Select(member => member.Name).ToArray();

        return names.Length > 0 && request.GetConstructors().Any(constructor =>
            constructor.GetParameters().All(
                member => member.HasDefaultValue || !names.Contains(member.Name)));
    }

    /// <summary>Lets the serializer neither read nor write members that come from elsewhere.</summary>
    public static void ExcludeNonBodyMembers(JsonTypeInfo type)
    {
        for (var index = type.Properties.Count - 1; index >= 0; index--)
        {
            var member = type.Properties[index];

            if (member.AttributeProvider is null || !IsFromElsewhere(member.AttributeProvider))
                continue;

            // The serializer requires a property for each constructor parameter, so such a one is skipped.
            if (member.AssociatedParameter is { } parameter)
                Skip(member, parameter.DefaultValue);
            else
                type.Properties.RemoveAt(index);
        }
    }

    static void Skip(JsonPropertyInfo member, object? defaultValue)
    {
        var converter = typeof(SkipConverter<>).MakeGenericType(member.PropertyType);
        member.CustomConverter = (JsonConverter)Activator.CreateInstance(converter, [defaultValue])!;
        member.ShouldSerialize = (_, _) => false;
    }

    /// <summary>Reads past a value of any type, which leaves the member at its default.</summary>
    sealed class SkipConverter<T>(object? defaultValue) : JsonConverter<T>
    {
        public override bool HandleNull => true;

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Skip();
            return defaultValue is T value ? value : default;
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteNullValue();
    }
}
