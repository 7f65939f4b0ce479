using System.Globalization;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using Namotion.Reflection;
using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors.Contexts;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// Says of each operation what it alone refuses, by status and code. What may be answered to any request is
/// described once, among the document's components.
/// </summary>
static class ApiDocumentProblems
{
    const string AnyOther = "Problem";

    /// <summary>The common ones that an operation names, since some operations have them and some not.</summary>
    static readonly Dictionary<Problem, string> Named = new()
    {
        [Problem.Unauthorized] = "Unauthorized",
        [Problem.ValidationFailed] = "ValidationFailed",
    };

    public static void Describe(OperationProcessorContext context, IEnumerable<Refusal> refusals)
    {
        var responses = context.OperationDescription.Operation.Responses;
        var problems = refusals.Select(refusal => refusal.Problem).Distinct().ToArray();
        var common = Common(context);

        foreach (var ofStatus in problems.GroupBy(problem => problem.Status))
        {
            var status = ofStatus.Key.ToString(CultureInfo.InvariantCulture);
            Problem[] named = [.. ofStatus.Where(IsNamed)];

            if (named.Length == 0)
                responses.Remove(status);
            else if (named.All(CommonProblems.Has))
                responses[status] = new OpenApiResponse { Reference = common[Named[named.Single()]] };
            else
                responses[status] = Response(context, named);
        }

        responses["default"] = new OpenApiResponse { Reference = common[AnyOther] };
    }

    static bool IsNamed(Problem problem) => !CommonProblems.Has(problem) || Named.ContainsKey(problem);

    public static void AddHeader(
        this OpenApiResponse response, string name, JsonObjectType type, string description)
    {
        var schema = new JsonSchema { Type = type };
        response.Headers[name] = new OpenApiHeader { Description = description, Schema = schema };
    }

    /// <summary>The responses that operations refer to, by their names among the components.</summary>
    static IDictionary<string, OpenApiResponse> Common(OperationProcessorContext context)
    {
        var common = context.Document.Components.Responses;

        if (common.Count > 0)
            return common;

        foreach (var (problem, name) in Named)
            common[name] = Response(context, problem);

        common[AnyOther] = Response(context, Problem.InternalError);
        common[AnyOther].Description = "Anything else that goes wrong: the table of errors says what.";
        AddRetryAfter(common[AnyOther]);

        return common;
    }

    static OpenApiResponse Response(OperationProcessorContext context, params Problem[] problems)
    {
        var schema = context.SchemaGenerator.GenerateWithReference<JsonSchema>(
            typeof(ProblemBody).ToContextualType(), context.SchemaResolver);
        var content = new OpenApiMediaType { Schema = schema };
        var response = new OpenApiResponse
        {
            Description = string.Join("\n\n", problems.Select(Explain)),
            Content = { [Problem.MediaType] = content },
        };

        foreach (var problem in problems)
            content.Examples[problem.Code] =
                new OpenApiExample { Summary = problem.Title, Value = Example(problem) };

        if (problems.Contains(Problem.Unauthorized))
            response.AddHeader("WWW-Authenticate", JsonObjectType.String, "Asks for HTTP Basic.");

        if (problems.Any(problem => problem.HasRetryAfter))
            AddRetryAfter(response);

        return response;
    }

    static string Explain(Problem problem) => $"`{problem.Code}`: {problem.Detail}";

    static void AddRetryAfter(OpenApiResponse response) => response.AddHeader(
        "Retry-After", JsonObjectType.Integer, "With 429 and 503: after how many seconds to try again.");

    /// <summary>What <see cref="ProblemBody"/> says, in a form that any serializer writes the same.</summary>
    static Dictionary<string, object> Example(Problem problem)
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

        if (problem == Problem.ValidationFailed)
            example["errors"] = new[]
            {
                new Dictionary<string, object> { ["name"] = "amount", ["reason"] = "must be greater than 0" },
            };

        if (problem.Index is { } index)
            example["index"] = index;

        return example;
    }
}
