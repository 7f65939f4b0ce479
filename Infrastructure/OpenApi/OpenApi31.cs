using System.Text.Json.Nodes;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// Converts a document from OpenAPI 3.0, the newest version that NSwag writes, to 3.1, whose schemas are JSON
/// Schema 2020-12: only there may a value have two types, like an amount in a request.
/// </summary>
static class OpenApi31
{
    /// <summary>Upgrades the document in place.</summary>
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

        // NSwag writes empty descriptions beside references, which in 3.1 would override the target's.
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

        // Beside a description, 3.0 allows no reference.
        if (schema["oneOf"] is JsonArray and [JsonObject only] && only.Remove("$ref", out var reference))
        {
            schema.Remove("oneOf");
            schema["$ref"] = reference;
        }

        UpgradeSchemas(schema["properties"]);
        UpgradeSchema(schema["items"]);

        foreach (var parts in new[] { "allOf", "anyOf", "oneOf" })
        {
            foreach (var part in schema[parts] as JsonArray ?? [])
                UpgradeSchema(part);
        }
    }

    /// <summary>Writes the limit of an integer as an integer: NSwag writes 1000.0 for 1000.</summary>
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

    /// <summary>In 3.1 the exclusive limit is a number, in 3.0 a flag beside the limit.</summary>
    static void UpgradeLimit(JsonObject schema, string limit, string exclusive)
    {
        if (schema[exclusive] is not JsonValue flag || !flag.TryGetValue<bool>(out var isExclusive))
            return;

        schema.Remove(exclusive);

        if (isExclusive && schema.Remove(limit, out var value))
            schema[exclusive] = value;
    }
}
