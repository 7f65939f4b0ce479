using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Puts the document into the order in which it is read, on the pages too.</summary>
static class ApiDocumentOrder
{
    /// <summary>What makes something comes before what shows, changes and removes it.</summary>
    static readonly string[] Methods = ["post", "get", "put", "delete"];

    /// <summary>Sorts the paths by feature and method, and all that has no story to tell by name.</summary>
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
            features.IndexOf(path.Value.Values.First().Tags[0]) * Methods.Length
            + Array.IndexOf(Methods, path.Value.Keys.First()));
        Sort(document.Components.Schemas);
    }

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
