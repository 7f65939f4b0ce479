using System.Globalization;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Says of each operation what comes with its answers, and what they look like.</summary>
sealed class ApiDocumentResponses(ApiJson json)
{
    public void Describe(OpenApiOperation operation, IReadOnlyCollection<object> metadata)
    {
        var (status, success) = operation.Responses.Single(response => response.Key[0] == '2');
        var content = success.Content.Values.FirstOrDefault();
        var about = content?.Schema?.ActualSchema.Description;
        success.Description = content is null ? "Done." : about ?? success.Description;

        if (status == "201")
            success.AddHeader("Location", JsonObjectType.String, "Where to read it.");

        if (content is not null)
            Illustrate(content, [.. metadata.Select(Example).OfType<JToken>()]);

        foreach (var other in metadata.OfType<OtherMediaType>())
            success.Content[other.MediaType.Split(';')[0]] = new OpenApiMediaType
            {
                Schema = new JsonSchema { Type = JsonObjectType.String },
                Example = other.Write is { } write
                    ? ApiJson.Written(text => write(metadata.OfType<ExampleAnswer>().First().Body, text))
                    : null,
            };

        if (operation.Parameters.Any(parameter => parameter.Name == "cursor"))
            DescribePages(success);

        if (operation.Parameters.Any(parameter => parameter.Name == IdempotencyRules.Header))
            DescribeReplays(operation);
    }

    static void Illustrate(OpenApiMediaType content, JToken[] examples)
    {
        if (examples.Length == 1)
            content.Example = examples[0];
        else
            foreach (var (index, example) in examples.Index())
                content.Examples[(index + 1).ToString(CultureInfo.InvariantCulture)] =
                    new OpenApiExample { Value = example };
    }

    static void DescribePages(OpenApiResponse success)
    {
        success.AddHeader(
            NextPage.CursorHeader, JsonObjectType.String, "While there is more: the next page's `cursor`.");
        success.AddHeader("Link", JsonObjectType.String, "While there is more: the next page (RFC 8288).");
    }

    static void DescribeReplays(OpenApiOperation operation)
    {
        foreach (var (status, response) in operation.Responses)
        {
            if (status is "200" or "201" or "400" or "404")
                response.AddHeader(
                    "Idempotent-Replayed", JsonObjectType.Boolean, "True on an answer that is given again.");
        }
    }

    JToken? Example(object metadata) => metadata switch
    {
        ExampleAnswer answer => json.Token(answer.Body),
        ExampleEvent told => Text(told),
        _ => null,
    };

    /// <summary>The lines of an event.</summary>
    JToken Text(ExampleEvent example) =>
        $"event: {example.Name}\ndata: {json.Text(example.Data)}\nid: {example.Id}\n\n";
}
