using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using FluentValidation;
using FluentValidation.Internal;
using FluentValidation.Validators;

namespace FastEndpoints.Swagger;

/// <summary>Describes types as the serializer writes them; what has members becomes a named component.</summary>
sealed class SchemaBuilder(
    OpenApiDocument document, JsonSerializerOptions json, bool shortNames, EndpointDefinition[] endpoints)
{
    static readonly NullabilityInfoContext Nullability = new();

    static readonly Dictionary<Type, (JsonObjectType Type, string? Format)> Simple = new()
    {
        [typeof(string)] = (JsonObjectType.String, null),
        [typeof(bool)] = (JsonObjectType.Boolean, null),
        [typeof(int)] = (JsonObjectType.Integer, "int32"),
        [typeof(long)] = (JsonObjectType.Integer, "int64"),
        [typeof(decimal)] = (JsonObjectType.Number, "decimal"),
        [typeof(double)] = (JsonObjectType.Number, "double"),
        [typeof(Guid)] = (JsonObjectType.String, "guid"),
        [typeof(DateTime)] = (JsonObjectType.String, "date-time"),
        [typeof(DateTimeOffset)] = (JsonObjectType.String, "date-time"),
        [typeof(DateOnly)] = (JsonObjectType.String, "date"),
        [typeof(TimeSpan)] = (JsonObjectType.String, "duration"),
        [typeof(Uri)] = (JsonObjectType.String, "uri"),
    };

    readonly Dictionary<Type, JsonSchema> components = [];

    public static bool IsNullable(PropertyInfo property)
    {
        lock (Nullability)
            return Nullability.Create(property).WriteState == NullabilityState.Nullable;
    }

    public JsonNode? Example(object? value) => JsonSerializer.SerializeToNode(value, json);

    public TSchema Of<TSchema>(Type type, bool nullable = false) where TSchema : JsonSchema, new()
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        var schema = new TSchema { IsNullableRaw = nullable || underlying != type ? true : null };

        if (Simple.TryGetValue(underlying, out var simple))
            (schema.Type, schema.Format) = simple;
        else if (underlying.IsEnum || json.GetTypeInfo(underlying).Kind == JsonTypeInfoKind.Object)
            Refer(schema, Component(underlying));
        else if (json.GetTypeInfo(underlying) is { Kind: JsonTypeInfoKind.Enumerable } list)
            (schema.Type, schema.Item) = (JsonObjectType.Array, Of<JsonSchema>(list.ElementType!));
        else if (json.GetTypeInfo(underlying) is { Kind: JsonTypeInfoKind.Dictionary } dictionary)
            (schema.Type, schema.AdditionalPropertiesSchema) =
                (JsonObjectType.Object, Of<JsonSchema>(dictionary.ElementType!));

        return schema;
    }

    static void Refer(JsonSchema schema, JsonSchema component)
    {
        // Beside a $ref nothing else counts.
        if (schema.IsNullableRaw is true)
            schema.OneOf.Add(new() { Reference = component });
        else
            schema.Reference = component;
    }

    JsonSchema Component(Type type)
    {
        if (components.TryGetValue(type, out var known))
            return known;

        var schema = components[type] = new() { Name = NameOf(type), Description = XmlDocs.Of(type) };
        document.Components.Schemas[schema.Name] = schema;

        if (type.IsEnum)
            Describe(schema, type);
        else
            DescribeMembers(schema, json.GetTypeInfo(type));

        return schema;
    }

    void Describe(JsonSchema schema, Type enumeration)
    {
        var values = Enum.GetValues(enumeration).Cast<object>().Select(v => Example(v)!).ToArray();
        schema.Type = values[0].GetValueKind() == JsonValueKind.String ? JsonObjectType.String : JsonObjectType.Integer;
        foreach (var value in values)
            schema.Enumeration.Add(value);
    }

    void DescribeMembers(JsonSchema schema, JsonTypeInfo type)
    {
        schema.Type = JsonObjectType.Object;
        schema.AllowAdditionalProperties = false;

        foreach (var member in type.Properties)
        {
            if (member.AttributeProvider is not PropertyInfo property
                || property.IsDefined(typeof(HideFromDocsAttribute))
                || property.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always })
                continue;
            if (member.IsExtensionData)
            {
                schema.AllowAdditionalProperties = true;
                continue;
            }

            var described = Of<JsonSchemaProperty>(property.PropertyType, IsNullable(property));
            if (described.Reference is null)
                described.Description = XmlDocs.Of(property);
            if (property.IsDefined(typeof(RequiredMemberAttribute)))
                schema.RequiredProperties.Add(member.Name);
            schema.Properties[member.Name] = described;
        }

        var validator = endpoints.FirstOrDefault(e => e.ReqDtoType == type.Type)?.ValidatorInstance;
        foreach (var rule in validator as IEnumerable<IValidationRule> ?? [])
            if (!rule.HasCondition && schema.Properties.TryGetValue(rule.PropertyName ?? "", out var property))
                foreach (var component in rule.Components.Where(c => !c.HasCondition))
                    Constrain(schema, rule.PropertyName!, property, component.Validator);
    }

    static void Constrain(JsonSchema schema, string name, JsonSchemaProperty property, IPropertyValidator validator)
    {
        if (validator is INotNullValidator or INotEmptyValidator)
        {
            property.IsNullableRaw = false;
            if (!schema.RequiredProperties.Contains(name))
                schema.RequiredProperties.Add(name);
        }

        switch (validator)
        {
            case INotEmptyValidator when property.Type == JsonObjectType.String:
                property.MinLength = 1;
                break;
            case ILengthValidator length:
                property.MaxLength = length.Max > 0 ? length.Max : property.MaxLength;
                property.MinLength = Math.Max(length.Min, property.MinLength ?? 0);
                break;
            case IRegularExpressionValidator regex:
                property.Pattern = regex.Expression;
                break;
            case IBetweenValidator { From: IConvertible from and not string, To: IConvertible to and not string }:
                (property.Minimum, property.Maximum) = (from.ToDecimal(null), to.ToDecimal(null));
                break;
            case IComparisonValidator { ValueToCompare: IConvertible value and not string } comparison:
                if (comparison.Comparison is Comparison.GreaterThan or Comparison.GreaterThanOrEqual)
                    property.Minimum = value.ToDecimal(null);
                if (comparison.Comparison is Comparison.LessThan or Comparison.LessThanOrEqual)
                    property.Maximum = value.ToDecimal(null);
                property.IsExclusiveMinimum |= comparison.Comparison == Comparison.GreaterThan;
                property.IsExclusiveMaximum |= comparison.Comparison == Comparison.LessThan;
                break;
        }
    }

    string NameOf(Type type)
    {
        var name = (shortNames ? type.Name : type.FullName ?? type.Name).Split('`')[0].Replace(".", "").Replace("+", "");
        var arguments = type.GetGenericArguments().Select(a => a.Name);
        return type.IsGenericType ? $"{name}Of{string.Join("And", arguments)}" : name;
    }
}
