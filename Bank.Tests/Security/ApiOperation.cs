using System.Text.Json;

namespace Bank.Tests.Security;

/// <summary>What the document of the API says of one operation, so that no slice is left out.</summary>
/// <param name="Method">The HTTP method in capitals.</param>
/// <param name="Path">The path with names in braces.</param>
/// <param name="PathNames">The names in the path.</param>
/// <param name="QueryNames">The names that a query may have.</param>
/// <param name="HeaderNames">The headers that it reads.</param>
/// <param name="Fields">The members of its body; empty when it has none.</param>
sealed record ApiOperation(
    string Method, string Path, string[] PathNames, string[] QueryNames, string[] HeaderNames,
    string[] Fields)
{
    public static async Task<ApiOperation[]> AllAsync(HttpClient http)
    {
        using var document = JsonDocument.Parse(await http.GetStringAsync("/openapi.json"));
        var root = document.RootElement;

        return
        [
            .. from path in root.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               select new ApiOperation(
                   operation.Name.ToUpperInvariant(), path.Name,
                   Parameters(operation.Value, "path"), Parameters(operation.Value, "query"),
                   Parameters(operation.Value, "header"), BodyFields(root, operation.Value)),
        ];
    }

    static string[] Parameters(JsonElement operation, string place) =>
        operation.TryGetProperty("parameters", out var parameters)
            ?
            [
                .. parameters.EnumerateArray()
                    .Where(parameter => parameter.GetProperty("in").ValueEquals(place))
                    .Select(parameter => parameter.GetProperty("name").GetString()!),
            ]
            : [];

    static string[] BodyFields(JsonElement root, JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
            return [];

        var schema = body.GetProperty("content").GetProperty("application/json").GetProperty("schema");
        var name = schema.GetProperty("$ref").GetString()!.Split('/')[^1];

        return
        [
            .. root.GetProperty("components").GetProperty("schemas").GetProperty(name)
                .GetProperty("properties").EnumerateObject().Select(property => property.Name),
        ];
    }
}
