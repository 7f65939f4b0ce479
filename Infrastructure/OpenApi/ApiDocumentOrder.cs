using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Sorts the document into reading order, which the pages follow.</summary>
static class ApiDocumentOrder
{
    /// <summary>A resource is created before it is shown, changed and deleted.</summary>
    static readonly string[] Methods = ["post", "get", "put", "patch", "delete"];

    /// <summary>
    /// Sorts the paths by feature and method, responses and schemas by name. Among paths of the same method,
    /// the operation that its feature is named after comes first, as one transfer before many.
    /// </summary>
    public static void Sort(OpenApiDocument document)
    {
        var features = document.Tags.Select(tag => tag.Name).ToList();

        foreach (var path in document.Paths.Values)
        {
            Sort(path, operation => Array.IndexOf(Methods, operation.Key));

            foreach (var operation in path.Values)
                Sort(operation.Responses);
        }

        Sort(document.Paths, path =>
            (features.IndexOf(path.Value.Values.First().Tags[0]) * Methods.Length
                + Array.IndexOf(Methods, path.Value.Keys.First())) * 2
            + (IsNamedAfter(path.Value.Values.First()) ? 0 : 1));
        Sort(document.Components.Schemas);
    }

    static bool IsNamedAfter(OpenApiOperation operation) =>
        operation.Tags[0].StartsWith(operation.OperationId, StringComparison.Ordinal);

    static void Sort<TValue>(
        IDictionary<string, TValue> entries, Func<KeyValuePair<string, TValue>, int>? rank = null)
    {
        var sorted = entries
            .OrderBy(entry => rank?.Invoke(entry))
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .ToArray();
        entries.Clear();

        foreach (var entry in sorted)
            entries.Add(entry);
    }
}
