using Bank.Infrastructure.Problems;
using NJsonSchema;
using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Corrects what the schemas of the document say of the JSON that the API really speaks.</summary>
static class ApiDocumentSchemas
{
    /// <summary>An amount as a text; what is longer is past the largest amount or not in whole cents.</summary>
    const string NumericString = "^[0-9]{1,12}(\\.[0-9]{1,2})?$";

    public static void Complete(OpenApiDocument document)
    {
        foreach (var schema in document.Components.Schemas.Values)
        {
            // Unknown members are ignored in requests, and answers may come to have more.
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

        ListCodes(document);
    }

    static void Complete(JsonSchema value)
    {
        // What is null is left out.
        value.IsNullableRaw = null;

        if (value.Item is { HasReference: false } element)
            Complete(element);

        // A list is as long as it has elements.
        if (value.Type == JsonObjectType.Array)
        {
            (value.MinItems, value.MaxItems) = (value.MinLength ?? 0, value.MaxLength ?? 0);
            value.MaxLength = null;
        }

        // That a number is not empty says that it is not 0, and nothing of a length.
        if (value.Type != JsonObjectType.String)
            value.MinLength = null;

        // Money has two decimals.
        if (value.Format == "decimal")
            value.MultipleOf = 0.01m;

        // The word for it in OpenAPI's registry of formats.
        if (value.Format == "guid")
            value.Format = "uuid";

        if (value.Pattern is ['^', '(', .. var words, ')', '$'] && !words.Any(char.IsPunctuation))
            ListWords(value, words.Split('|'));
    }

    /// <summary>A pattern of nothing but words is a list of them, which generators of clients know.</summary>
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

    /// <summary>Names every code that a problem may have: the common ones, and each operation's own.</summary>
    static void ListCodes(OpenApiDocument document)
    {
        var own =
            from described in document.Operations
            from response in described.Operation.Responses.Values
            from content in response.Content.Where(content => content.Key == Problem.MediaType)
            from code in content.Value.Examples.Keys
            select code;
        var problem = document.Components.Schemas[SchemaNames.Of(typeof(ProblemBody))];

        foreach (var code in CommonProblems.Codes.Concat(own).Distinct().Order(StringComparer.Ordinal))
            problem.Properties["code"].Enumeration.Add(code);
    }
}
