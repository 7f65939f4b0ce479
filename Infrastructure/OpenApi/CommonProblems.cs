using System.Globalization;
using System.Reflection;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// What may be answered in any slice's place by whatever stands around it: the gate, the reading of the
/// request, and the last resort for faults. The document explains them once, for all slices.
/// </summary>
static class CommonProblems
{
    static readonly Problem[] All =
    [
        .. typeof(Problem).GetProperties(BindingFlags.Static | BindingFlags.Public)
            .Select(shared => shared.GetValue(null)).OfType<Problem>().OrderBy(problem => problem.Status),
    ];

    /// <summary>The codes of all of them.</summary>
    public static IEnumerable<string> Codes => All.Select(problem => problem.Code);

    /// <summary>All of them as a table in Markdown.</summary>
    public static string Table { get; } =
        $"""
        | status | code | meaning |
        |---|---|---|
        {string.Join('\n', All.Select(Row))}
        """;

    /// <summary>Whether a problem is no slice's own.</summary>
    public static bool Has(Problem problem) => All.Contains(problem);

    /// <summary>Declares for a slice those that depend on it, after everything that it says of itself.</summary>
    public static void Declare(EndpointDefinition endpoint) =>
        endpoint.Description(slice => slice.Finally(built =>
        {
            if (built.Metadata.OfType<SignInRequired>().Any())
                built.Metadata.Add(new Refusal(Problem.Unauthorized));

            if (MayBeInvalid(endpoint))
                built.Metadata.Add(new Refusal(Problem.ValidationFailed));
        }));

    /// <summary>Whether there is a rule to break or a value to misspell: any text is a valid text.</summary>
    static bool MayBeInvalid(EndpointDefinition endpoint) =>
        endpoint.ValidatorType is not null
        || endpoint.ReqDtoType.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Any(property => property.PropertyType != typeof(string));

    static string Row(Problem problem) => string.Create(
        CultureInfo.InvariantCulture, $"| {problem.Status} | `{problem.Code}` | {problem.Detail} |");
}
