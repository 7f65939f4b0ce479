using System.Text.Json;

namespace Bank.Tests.Security;

/// <summary>One operation of the OpenAPI document, so that the tests cover every slice.</summary>
/// <param name="Method">The HTTP method in capitals.</param>
/// <param name="Path">The path, with its parameters in braces.</param>
/// <param name="PathNames">The path parameters, each with the format of its value.</param>
/// <param name="QueryNames">The query parameters.</param>
/// <param name="HeaderNames">The header parameters.</param>
/// <param name="Fields">
/// The members of the body, each with an example as JSON text; empty without a body.
/// </param>
sealed record ApiOperation(
    string Method, string Path, Dictionary<string, string> PathNames, string[] QueryNames,
    string[] HeaderNames, Dictionary<string, string> Fields)
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
                   Parameters(operation.Value, "path"), [.. Parameters(operation.Value, "query").Keys],
                   [.. Parameters(operation.Value, "header").Keys], BodyFields(operation.Value)),
        ];
    }

    static Dictionary<string, string> Parameters(JsonElement operation, string place) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray()
                .Where(parameter => parameter.GetProperty("in").ValueEquals(place))
                .ToDictionary(parameter => parameter.GetProperty("name").GetString()!, Format)
            : [];

    static string Format(JsonElement parameter) =>
        parameter.GetProperty("schema").TryGetProperty("format", out var format) ? format.GetString()! : "";

    static Dictionary<string, string> BodyFields(JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
            return [];

        return body.GetProperty("content").GetProperty("application/json").GetProperty("example")
            .EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetRawText());
    }
}
