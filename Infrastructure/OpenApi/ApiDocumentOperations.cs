using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FastEndpoints.Swagger;
using FluentValidation;
using FluentValidation.Validators;
using NJsonSchema;
using NSwag;
using NSwag.Generation.AspNetCore;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Adds to each operation of the document what FastEndpoints leaves out of it.</summary>
sealed class ApiDocumentOperations(IServiceProvider services) : IOperationProcessor
{
    public bool Process(OperationProcessorContext context)
    {
        if (context.GetEndpointDefinition() is not { } slice)
            return false;

        var operation = context.OperationDescription.Operation;
        var endpoint = ((AspNetCoreOperationProcessorContext)context).ApiDescription.ActionDescriptor;
        var metadata = endpoint.EndpointMetadata;

        operation.Tags = [slice.EndpointType.Namespace!.Split('.')[^1]];
        DescribeSignIn(operation, metadata.OfType<SignInRequired>().Any());
        Constrain(operation.Parameters, slice);
        DescribeSuccess(operation);
        ApiDocumentRefusals.Describe(operation, metadata.OfType<Refusal>());
        DescribeKey(operation);
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

        // An empty list tells what is public on purpose from what was forgotten; NSwag would leave it out.
        operation.ExtensionData ??= new Dictionary<string, object?>();
        operation.ExtensionData["security"] = Array.Empty<object>();
    }

    /// <summary>The rules of a validator reach a body's schema by themselves, but no address.</summary>
    void Constrain(IEnumerable<OpenApiParameter> parameters, EndpointDefinition slice)
    {
        if (slice.ValidatorType is null)
            return;

        var validator = (IValidator)ActivatorUtilities.CreateInstance(services, slice.ValidatorType);
        var rules = validator.CreateDescriptor();

        foreach (var parameter in parameters)
        {
            foreach (var (rule, _) in rules.GetValidatorsForMember(parameter.Name))
            {
                if (rule is IBetweenValidator { From: int least, To: int most })
                    (parameter.Schema.Minimum, parameter.Schema.Maximum) = (least, most);
            }
        }
    }

    static void DescribeSuccess(OpenApiOperation operation)
    {
        foreach (var (status, response) in operation.Responses.Where(response => response.Key[0] == '2'))
        {
            var body = response.Content.Values.FirstOrDefault()?.Schema.ActualSchema;
            response.Description = body is null ? "Done." : body.Description ?? response.Description;

            if (status == "201")
                response.AddHeader("Location", JsonObjectType.String, "Where to read it.");
        }
    }

    /// <summary>
    /// Gives the header its name back, which the naming policy of JSON took. It gets no example, since the
    /// pages would send that: the second transfer that somebody tries out would repeat the first.
    /// </summary>
    static void DescribeKey(OpenApiOperation operation)
    {
        var key = operation.Parameters.FirstOrDefault(parameter =>
            parameter.Name.Equals(IdempotencyRules.Header, StringComparison.OrdinalIgnoreCase));

        if (key is null)
            return;

        key.Name = IdempotencyRules.Header;
        key.Description = "Makes it safe to send the request again. Any 1 to 255 visible ASCII characters; "
            + "another one for each deposit, withdrawal and transfer.";
        key.Schema.Pattern = "^[!-~]{1,255}$";

        foreach (var (status, response) in operation.Responses)
        {
            if (status is "201" or "400" or "404")
                response.AddHeader(
                    "Idempotent-Replayed", JsonObjectType.Boolean, "True on an answer that is given again.");
        }
    }

    /// <summary>Takes away what the generator notes for itself and no reader of the document needs.</summary>
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
