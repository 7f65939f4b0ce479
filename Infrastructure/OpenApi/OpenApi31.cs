using System.Text.Json.Nodes;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// Puts a document of OpenAPI 3.0, the newest that NSwag writes, into the words of 3.1, whose schemas are
/// JSON Schema 2020-12: only there may a value have two types, as an amount in a request has.
/// </summary>
static class OpenApi31
{
    /// <summary>Changes the document that it is given.</summary>
    public static void Upgrade(JsonObject document)
    {
        document["openapi"] = "3.1.0";
        Visit(document);
    }

    static void Visit(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
                Visit(item);
        }

        if (node is not JsonObject parent)
            return;

        // NSwag describes a reference as nothing, which in 3.1 would take the place of what it refers to.
        if (parent.ContainsKey("$ref"))
            parent.Remove("description");

        foreach (var (name, value) in parent.ToArray())
        {
            if (name == "schema")
                UpgradeSchema(value);
            else if (name == "schemas")
                UpgradeSchemas(value);
            else if (name is not ("example" or "examples"))
                Visit(value);
        }
    }

    static void UpgradeSchema(JsonNode? node)
    {
        if (node is not JsonObject schema)
            return;

        UpgradeLimit(schema, "minimum", "exclusiveMinimum");
        UpgradeLimit(schema, "maximum", "exclusiveMaximum");
        WriteWhole(schema, "minimum");
        WriteWhole(schema, "maximum");

        if (schema.Remove("example", out var example))
            schema["examples"] = new JsonArray(example);

        UpgradeSchemas(schema["properties"]);
        UpgradeSchema(schema["items"]);

        foreach (var parts in new[] { "allOf", "anyOf", "oneOf" })
        {
            foreach (var part in schema[parts] as JsonArray ?? [])
                UpgradeSchema(part);
        }
    }

    /// <summary>The limit of a whole number is one: NSwag writes 1000.0 for 1000.</summary>
    static void WriteWhole(JsonObject schema, string limit)
    {
        if (schema[limit] is JsonValue value && schema["type"]?.ToString() == "integer")
            schema[limit] = (long)value.GetValue<decimal>();
    }

    static void UpgradeSchemas(JsonNode? node)
    {
        foreach (var (_, schema) in node as JsonObject ?? [])
            UpgradeSchema(schema);
    }

    /// <summary>The limit itself says that it is exclusive, where a flag beside it did.</summary>
    static void UpgradeLimit(JsonObject schema, string limit, string exclusive)
    {
        if (schema[exclusive] is not JsonValue flag || !flag.TryGetValue<bool>(out var isExclusive))
            return;

        schema.Remove(exclusive);

        if (isExclusive && schema.Remove(limit, out var value))
            schema[exclusive] = value;
    }
}
