using System.Globalization;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;
using Namotion.Reflection;
using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors.Contexts;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// Describes the problems of each operation, by status and code. The problems of any request are described
/// once, in the document's components.
/// </summary>
static class ApiDocumentProblems
{
    /// <summary>The name of the response that asks to sign in.</summary>
    public const string Unauthorized = "Unauthorized";

    const string Default = "Problem";

    /// <summary>
    /// The common problems that only some operations have, so that each of these names them.
    /// </summary>
    static readonly Problem[] Named = [Problem.Unauthorized, Problem.ValidationFailed];

    /// <param name="context">The operation.</param>
    /// <param name="declared">Its problems.</param>
    /// <param name="invalid">The example of a field that is refused.</param>
    public static void Describe(
        OperationProcessorContext context, IEnumerable<ProblemMetadata> declared, InvalidField invalid)
    {
        var responses = context.OperationDescription.Operation.Responses;
        var problems = declared.Select(metadata => metadata.Problem).Distinct().ToArray();
        var common = Common(context);

        foreach (var group in problems.GroupBy(problem => problem.Status))
        {
            var status = group.Key.ToString(CultureInfo.InvariantCulture);
            Problem[] named = [.. group.Where(IsNamed)];

            if (named.Length == 0)
                responses.Remove(status);
            else if (named is [var only] && only == Problem.Unauthorized)
                responses[status] = new OpenApiResponse { Reference = common[Unauthorized] };
            else
                responses[status] = Response(context, invalid, named);
        }

        responses["default"] = new OpenApiResponse { Reference = common[Default] };
    }

    static bool IsNamed(Problem problem) => !CommonProblems.Contains(problem) || Named.Contains(problem);

    public static void AddHeader(
        this OpenApiResponse response, string name, JsonObjectType type, string description)
    {
        var schema = new JsonSchema { Type = type };
        response.Headers[name] = new OpenApiHeader { Description = description, Schema = schema };
    }

    /// <summary>The responses in the components, which operations refer to by name.</summary>
    static IDictionary<string, OpenApiResponse> Common(OperationProcessorContext context)
    {
        var common = context.Document.Components.Responses;

        if (common.Count > 0)
            return common;

        common[Unauthorized] = Response(context, invalid: null, Problem.Unauthorized);
        common[Default] = Response(context, invalid: null, Problem.InternalError);
        common[Default].Description = "Any other problem of the table of errors.";
        AddRetryAfter(common[Default]);

        return common;
    }

    static OpenApiResponse Response(
        OperationProcessorContext context, InvalidField? invalid, params Problem[] problems)
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
                new OpenApiExample { Summary = problem.Title, Value = Example(problem, invalid) };

        if (problems.Contains(Problem.Unauthorized))
            response.AddHeader("WWW-Authenticate", JsonObjectType.String, "Asks for HTTP Basic.");

        if (problems.Any(problem => problem.HasRetryAfter))
            AddRetryAfter(response);

        return response;
    }

    static string Explain(Problem problem) => $"`{problem.Code}`: {problem.Detail}";

    static void AddRetryAfter(OpenApiResponse response) => response.AddHeader(
        "Retry-After", JsonObjectType.Integer, "With 429 and 503: how many seconds to wait.");

    /// <summary>A <see cref="ProblemBody"/> in a form that every serializer writes alike.</summary>
    static Dictionary<string, object> Example(Problem problem, InvalidField? invalid)
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

        if (problem == Problem.ValidationFailed && invalid is not null)
            example["errors"] = new[]
            {
                new Dictionary<string, object> { ["name"] = invalid.Name, ["reason"] = invalid.Reason },
            };

        if (problem.Index is { } index)
            example["index"] = index;

        return example;
    }
}
