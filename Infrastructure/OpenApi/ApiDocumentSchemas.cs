using Bank.Infrastructure.Problems;
using NJsonSchema;
using NJsonSchema.Generation;
using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Corrects the generated schemas to match the JSON that the API speaks.</summary>
static class ApiDocumentSchemas
{
    /// <summary>
    /// An amount as text; longer text is above the maximum amount or has more decimals than any currency.
    /// </summary>
    const string NumericString = "^[0-9]{1,15}(\\.[0-9]{1,4})?$";

    public static void Complete(OpenApiDocument document)
    {
        foreach (var schema in document.Components.Schemas.Values)
        {
            // Unknown members are ignored in requests, and responses may get more members.
            schema.AllowAdditionalProperties = true;

            foreach (var (name, property) in schema.Properties)
            {
                Complete(property);
                property.Example ??= Example.Of(name, property.Format);
            }
        }

        foreach (var parameter in document.Operations.SelectMany(described => described.Operation.Parameters))
            Complete(parameter.Schema);

        foreach (var request in document.Operations.Select(described => described.Operation.RequestBody))
            AcceptNumericStrings(request?.Content.Values.First().Schema.ActualSchema);

        foreach (var patch in document.Operations.Where(one => one.Method == OpenApiOperationMethod.Patch))
            AcceptNulls(patch.Operation.RequestBody.Content.Values.First().Schema.ActualSchema);

        ListCodes(document);
    }

    /// <summary>In a merge patch null removes a member (RFC 7396).</summary>
    static void AcceptNulls(JsonSchema patch)
    {
        foreach (var member in patch.Properties.Values)
            member.Type |= JsonObjectType.Null;
    }

    static void Complete(JsonSchema value)
    {
        // Null members are omitted.
        value.IsNullableRaw = null;

        if (value.Item is { HasReference: false } element)
            Complete(element);

        // NSwag writes the limits of a list as if it were text.
        if (value.Type == JsonObjectType.Array)
        {
            (value.MinItems, value.MaxItems) = (value.MinLength ?? 0, value.MaxLength ?? 0);
            value.MaxLength = null;
        }

        // For a number, the rule NotEmpty means that it is not 0.
        if (value.Type != JsonObjectType.String)
            value.MinLength = null;

        // The name in OpenAPI's format registry.
        if (value.Format == "guid")
            value.Format = "uuid";

        if (value.Pattern is ['^', '(', .. var words, ')', '$'] && !words.Any(char.IsPunctuation))
            ListWords(value, words.Split('|'));
    }

    /// <summary>A pattern of alternative words becomes an enum, which client generators support.</summary>
    static void ListWords(JsonSchema value, string[] words)
    {
        value.Pattern = null;

        foreach (var word in words)
            value.Enumeration.Add(word);
    }

    static void AcceptNumericStrings(JsonSchema? request)
    {
        if (request is null)
            return;

        foreach (var property in request.Properties.Values)
        {
            AcceptNumericStrings(property.Item?.ActualSchema);

            if (property.Format != "decimal")
                continue;

            property.Type = JsonObjectType.Number | JsonObjectType.String;
            property.Pattern = NumericString;
        }
    }

    /// <summary>Lists every problem code: the common ones, and those of each operation.</summary>
    static void ListCodes(OpenApiDocument document)
    {
        var own =
            from described in document.Operations
            from response in described.Operation.Responses.Values
            from content in response.Content.Where(content => content.Key == Problem.MediaType)
            from code in content.Value.Examples.Keys
            select code;
        var problem = document.Components.Schemas[Names.Shorten(typeof(ProblemBody))];

        foreach (var code in CommonProblems.Codes.Concat(own).Distinct().Order(StringComparer.Ordinal))
            problem.Properties["code"].Enumeration.Add(code);

        // Clients that Kiota generates take it as the message of their exception.
        problem.Properties["detail"].ExtensionData = new Dictionary<string, object?>
        {
            ["x-ms-primary-error-message"] = true,
        };
    }

    /// <summary>
    /// Names a schema by its type without the role: a <c>TransferResponse</c> becomes Transfer.
    /// </summary>
    public sealed class Names : ISchemaNameGenerator
    {
        static readonly string[] Roles = ["Response", "Body"];

        public string Generate(Type type) => Shorten(type);

        public static string Shorten(Type type)
        {
            var name = type.Name.Split('`')[0];

            foreach (var role in Roles.Where(role => name.EndsWith(role, StringComparison.Ordinal)))
                name = name[..^role.Length];

            return string.Concat(type.GenericTypeArguments.Select(Shorten)) + name;
        }
    }
}
