using System.Globalization;
using System.Reflection;
using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using FastEndpoints;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// The problems that the pipeline around the endpoints may answer with: authentication, binding, limits and
/// the handling of exceptions. The document explains them once for all operations.
/// </summary>
static class CommonProblems
{
    static readonly Problem[] All =
    [
        .. typeof(Problem).GetProperties(BindingFlags.Static | BindingFlags.Public)
            .Select(shared => shared.GetValue(null)).OfType<Problem>().OrderBy(problem => problem.Status),
    ];

    public static IEnumerable<string> Codes => All.Select(problem => problem.Code);

    /// <summary>All of them as a Markdown table.</summary>
    public static string Table { get; } =
        $"""
        | status | code | meaning |
        |---|---|---|
        {string.Join('\n', All.Select(Row))}
        """;

    /// <summary>Whether a problem is a common one.</summary>
    public static bool Contains(Problem problem) => All.Contains(problem);

    /// <summary>Declares the common problems that an endpoint may have, after its own metadata.</summary>
    public static void Declare(EndpointDefinition endpoint) =>
        endpoint.Description(slice => slice.Finally(built =>
        {
            if (built.Metadata.OfType<SignInRequired>().Any())
                built.Metadata.Add(new ProblemMetadata(Problem.Unauthorized));

            if (MayBeInvalid(endpoint))
                built.Metadata.Add(new ProblemMetadata(Problem.ValidationFailed));
        }));

    /// <summary>Whether there is a rule to break or a value that may have the wrong type.</summary>
    static bool MayBeInvalid(EndpointDefinition endpoint) =>
        endpoint.ValidatorType is not null
        || endpoint.ReqDtoType.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Any(property => property.PropertyType != typeof(string));

    public static string Row(Problem problem) => string.Create(
        CultureInfo.InvariantCulture, $"| {problem.Status} | `{problem.Code}` | {problem.Detail} |");
}
