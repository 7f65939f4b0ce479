using System.Globalization;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using NJsonSchema;
using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Says of each refusal in the document which reasons it has, by their codes.</summary>
static class ApiDocumentRefusals
{
    public static void Describe(OpenApiOperation operation, IEnumerable<Refusal> refusals)
    {
        foreach (var ofStatus in refusals.GroupBy(refusal => refusal.StatusCode))
        {
            var response = operation.Responses[ofStatus.Key.ToString(CultureInfo.InvariantCulture)];
            var problems = ofStatus.Select(refusal => refusal.Problem).Distinct().ToArray();

            response.Description =
                string.Join("\n\n", problems.Select(problem => $"`{problem.Code}`: {problem.Detail}"));
            AddHeaders(response, problems);

            foreach (var problem in problems)
                response.Content[Problem.MediaType].Examples[problem.Code] = new OpenApiExample
                {
                    Summary = problem.Title,
                    Value = Example(problem, SomeField(operation)),
                };
        }
    }

    public static void AddHeader(
        this OpenApiResponse response, string name, JsonObjectType type, string description)
    {
        var schema = new JsonSchema { Type = type };
        response.Headers[name] = new OpenApiHeader { Description = description, Schema = schema };
    }

    static void AddHeaders(OpenApiResponse response, Problem[] problems)
    {
        if (problems.Contains(Problem.Unauthorized))
            response.AddHeader("WWW-Authenticate", JsonObjectType.String, "Asks for HTTP Basic.");

        if (problems.Any(problem => problem.HasRetryAfter))
            response.AddHeader("Retry-After", JsonObjectType.Integer, "After how many seconds to try again.");
    }

    /// <summary>What <see cref="ProblemBody"/> says, in a form that any serializer writes the same.</summary>
    static Dictionary<string, object> Example(Problem problem, string? field)
    {
        var example = new Dictionary<string, object>
        {
            ["type"] = problem.Type,
            ["title"] = problem.Title,
            ["status"] = problem.Status,
            ["detail"] = problem.Detail,
            ["code"] = problem.Code,
            ["trace_id"] = "0af7651916cd43dd8448eb211c80319c",
        };

        if (problem == Problem.ValidationFailed && field is not null)
            example["errors"] = new[]
            {
                new Dictionary<string, object> { ["name"] = field, ["reason"] = "has the wrong type" },
            };

        return example;
    }

    static string? SomeField(OpenApiOperation operation) =>
        operation.RequestBody?.Content.Values.First().Schema.ActualSchema.Properties.Keys.Last()
        ?? operation.Parameters.FirstOrDefault()?.Name;
}
