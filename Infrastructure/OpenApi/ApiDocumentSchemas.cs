using Bank.Infrastructure.Problems;
using NJsonSchema;
using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Corrects what the schemas of the document say of the JSON that the API really speaks.</summary>
static class ApiDocumentSchemas
{
    public static void Complete(OpenApiDocument document)
    {
        var schemas = document.Components.Schemas;
        schemas["Problem"] = schemas[nameof(ProblemBody)];
        schemas.Remove(nameof(ProblemBody));

        foreach (var schema in schemas.Values)
        {
            // Unknown members are ignored in requests, and answers may come to have more.
            schema.AllowAdditionalProperties = true;

            foreach (var (name, property) in schema.Properties)
            {
                Complete(property);
                property.Example ??= Example(name, property.Format);
            }
        }

        foreach (var parameter in document.Operations.SelectMany(described => described.Operation.Parameters))
            Complete(parameter.Schema);
    }

    static void Complete(JsonSchema value)
    {
        // What is null is left out.
        value.IsNullableRaw = null;

        // That a number is not empty says that it is not 0, and nothing of a length.
        if (value.Type != JsonObjectType.String)
            value.MinLength = null;

        // Money has two decimals.
        if (value.Format == "decimal")
            value.MultipleOf = 0.01m;

        // The word for it in OpenAPI's registry of formats.
        if (value.Format == "guid")
            value.Format = "uuid";
    }

    /// <summary>One story in all examples: account 1 pays 10.50 to account 2 and has 89.50 left.</summary>
    static object? Example(string name, string? format) => (name, format) switch
    {
        ("amount", _) => 10.50m,
        ("balance", _) => 89.50m,
        ("to", _) => 2,
        (_, "int64") => 1,
        _ => null,
    };
}
