using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using FastEndpoints.Swagger;
using NSwag;
using NSwag.Generation.AspNetCore;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// Completes each operation of the document with the metadata that FastEndpoints leaves out.
/// </summary>
sealed class ApiDocumentOperations(IServiceProvider services) : IOperationProcessor
{
    readonly ApiDocumentParameters parameters = new(services, new ApiJson(services));
    readonly ApiDocumentResponses responses = new(new ApiJson(services));

    public bool Process(OperationProcessorContext context)
    {
        if (context.GetEndpointDefinition() is not { } slice)
            return false;

        var operation = context.OperationDescription.Operation;
        var endpoint = ((AspNetCoreOperationProcessorContext)context).ApiDescription.ActionDescriptor;
        var metadata = endpoint.EndpointMetadata;

        // Line breaks in a comment are not meant as line breaks of the text.
        operation.Description = operation.Description?.ReplaceLineEndings(" ");
        operation.Tags = [slice.EndpointType.Namespace!.Split('.')[^1]];
        DescribeSignIn(operation, metadata.OfType<SignInRequired>().Any());
        parameters.Describe(operation, slice);

        if (metadata.OfType<IdempotencyKeyMetadata>().Any())
            ApiDocumentParameters.AddIdempotencyKey(operation);

        ApiDocumentProblems.Describe(
            context, metadata.OfType<ProblemMetadata>(), InvalidField.Of(slice, services));
        responses.Describe(operation, [.. metadata]);
        RemoveLeftovers(operation);

        return true;
    }

    static void DescribeSignIn(OpenApiOperation operation, bool isRequired)
    {
        if (isRequired)
        {
            operation.Security = [new OpenApiSecurityRequirement { [ApiDocument.SignIn] = [] }];
            return;
        }

        // An empty list shows that the operation is public on purpose; NSwag would omit it.
        operation.ExtensionData ??= new Dictionary<string, object?>();
        operation.ExtensionData["security"] = Array.Empty<object>();
    }

    /// <summary>Removes what only the generator needs.</summary>
    static void RemoveLeftovers(OpenApiOperation operation)
    {
        if (operation.RequestBody is { } body)
            (body.Name, body.Position, body.Description) = (null, null, null);

        foreach (var header in operation.Responses.Values.SelectMany(response => response.Headers.Values))
        {
            if (header.Schema is { } schema)
                schema.Title = null;
        }
    }
}
