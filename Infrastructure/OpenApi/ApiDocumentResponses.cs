using System.Globalization;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Describes the successful response of each operation: its headers and examples.</summary>
sealed class ApiDocumentResponses(ApiJson json)
{
    public void Describe(OpenApiOperation operation, IReadOnlyCollection<object> metadata)
    {
        var (status, success) = operation.Responses.Single(response => response.Key[0] == '2');
        var content = success.Content.Values.FirstOrDefault();
        var description = content?.Schema?.ActualSchema.Description;
        success.Description = content is null ? "Done." : description ?? success.Description;

        if (status == "201")
            success.AddHeader("Location", JsonObjectType.String, "The path of the created resource.");

        if (content is not null)
            Illustrate(content, [.. metadata.Select(Example).OfType<JToken>()]);

        foreach (var other in metadata.OfType<AlternativeMediaType>())
            success.Content[other.MediaType.Split(';')[0]] = new OpenApiMediaType
            {
                Schema = new JsonSchema { Type = JsonObjectType.String },
                Example = other.Write is { } write
                    ? ApiJson.Read(stream => write(metadata.OfType<ExampleResponse>().First().Body, stream))
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
            Paging.CursorHeader, JsonObjectType.String, "The `cursor` of the next page, if there is one.");
        success.AddHeader("Link", JsonObjectType.String, "The next page (RFC 8288), if there is one.");
    }

    static void DescribeReplays(OpenApiOperation operation)
    {
        foreach (var (status, response) in operation.Responses)
        {
            if (status is "200" or "201" or "400" or "404")
                response.AddHeader(
                    "Idempotent-Replayed", JsonObjectType.Boolean, "`true` on a replayed response.");
        }
    }

    JToken? Example(object metadata) => metadata switch
    {
        ExampleResponse response => json.Token(response.Body),
        ExampleEvent @event => Text(@event),
        _ => null,
    };

    JToken Text(ExampleEvent example) =>
        $"event: {example.Name}\ndata: {json.Text(example.Data)}\nid: {example.Id}\n\n";
}
