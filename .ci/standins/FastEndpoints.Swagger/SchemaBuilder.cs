using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using FluentValidation;
using FluentValidation.Internal;
using FluentValidation.Validators;

namespace FastEndpoints.Swagger;

/// <summary>Describes types as the serializer writes them; what has members becomes a named component.</summary>
sealed class SchemaBuilder(OpenApiDocument document, bool nonNullableIsRequired, IServiceProvider services, EndpointDefinition[] endpoints)
{
    static readonly NullabilityInfoContext Nullability = new();

    static readonly Dictionary<Type, (JsonObjectType Type, string? Format)> Simple = new()
    {
        [typeof(string)] = (JsonObjectType.String, null),
        [typeof(bool)] = (JsonObjectType.Boolean, null),
        [typeof(int)] = (JsonObjectType.Integer, "int32"),
        [typeof(long)] = (JsonObjectType.Integer, "int64"),
        [typeof(decimal)] = (JsonObjectType.Number, "decimal"),
        [typeof(Guid)] = (JsonObjectType.String, "guid"),
        [typeof(DateTimeOffset)] = (JsonObjectType.String, "date-time"),
    };

    readonly JsonSerializerOptions json = services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>().Value.SerializerOptions;
    readonly Dictionary<Type, JsonSchema> components = [];

    public JsonSchema Titled(Type type)
    {
        var schema = Of<JsonSchema>(type);
        schema.Title = type.Name;
        return schema;
    }

    public static bool IsNullable(PropertyInfo property)
    {
        lock (Nullability)
            return Nullability.Create(property).WriteState == NullabilityState.Nullable;
    }

    /// <summary>Property names and names of headers alike.</summary>
    public string NameOf(string name) => json.PropertyNamingPolicy?.ConvertName(name) ?? name;

    public JsonNode? Example(object? value) => JsonSerializer.SerializeToNode(value, json);

    public TSchema Of<TSchema>(Type type, bool nullable = false) where TSchema : JsonSchema, new()
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        var schema = new TSchema { IsNullableRaw = nullable || underlying != type ? true : null };

        if (Simple.TryGetValue(underlying, out var simple))
            (schema.Type, schema.Format) = simple;
        else if (json.GetTypeInfo(underlying) is { Kind: JsonTypeInfoKind.Enumerable } list)
            (schema.Type, schema.Item) = (JsonObjectType.Array, Of<JsonSchema>(list.ElementType!));
        else if (json.GetTypeInfo(underlying).Kind == JsonTypeInfoKind.Object && !nullable)
            schema.Reference = Component(underlying);
        else
            throw new NotSupportedException($"The stand-in cannot describe [{type}].");

        return schema;
    }

    JsonSchema Component(Type type)
    {
        if (components.TryGetValue(type, out var known))
            return known;

        var schema = components[type] = new()
        {
            Type = JsonObjectType.Object, Description = XmlDocs.Of(type), AllowAdditionalProperties = false,
        };
        document.Components.Schemas[type.Name] = schema;

        foreach (var member in json.GetTypeInfo(type).Properties)
        {
            var property = (PropertyInfo)member.AttributeProvider!;
            var nullable = IsNullable(property);
            var described = Of<JsonSchemaProperty>(property.PropertyType, nullable);
            if (described.Reference is null)
                described.Description = XmlDocs.Of(property);
            if (property.IsDefined(typeof(RequiredMemberAttribute)) || (nonNullableIsRequired && !nullable))
                schema.RequiredProperties.Add(member.Name);
            schema.Properties[member.Name] = described;
        }

        var validator = endpoints.FirstOrDefault(e => e.ReqDtoType == type)?.ValidatorType is { } v ? ActivatorUtilities.CreateInstance(services, v) : null;
        foreach (var rule in validator as IEnumerable<IValidationRule> ?? [])
            if (schema.Properties.TryGetValue(rule.PropertyName ?? "", out var property))
                foreach (var component in rule.Components)
                    Constrain(schema, rule.PropertyName!, property, component.Validator);

        return schema;
    }

    static void Constrain(JsonSchema schema, string name, JsonSchemaProperty property, IPropertyValidator validator)
    {
        switch (validator)
        {
            case INotEmptyValidator:
                property.MinLength = 1;
                if (!schema.RequiredProperties.Contains(name))
                    schema.RequiredProperties.Add(name);
                break;
            case IComparisonValidator { ValueToCompare: IConvertible value and not string } comparison:
                if (comparison.Comparison is Comparison.GreaterThan or Comparison.GreaterThanOrEqual)
                    property.Minimum = value.ToDecimal(null);
                if (comparison.Comparison is Comparison.LessThan or Comparison.LessThanOrEqual)
                    property.Maximum = value.ToDecimal(null);
                property.IsExclusiveMinimum |= comparison.Comparison == Comparison.GreaterThan;
                break;
        }
    }
}
