using System.Reflection;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Idempotency;
using FastEndpoints;
using FluentValidation;
using FluentValidation.Validators;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Describes parameters and body of a request by its validator and its example.</summary>
sealed class ApiDocumentParameters(IServiceProvider services, ApiJson json)
{
    public void Describe(OpenApiOperation operation, EndpointDefinition slice)
    {
        NameHeaders(operation, slice);

        foreach (var parameter in operation.Parameters)
            parameter.Description ??= slice.EndpointSummary?.Params.GetValueOrDefault(parameter.Name);

        if (slice.ValidatorType is not null)
            Constrain(operation.Parameters, slice.ValidatorType);

        foreach (var parameter in operation.Parameters.Where(parameter => parameter.IsRequired))
            parameter.Example ??= Example.Of(parameter.Name, parameter.Schema.Format);

        if (operation.RequestBody is not { } body)
            return;

        body.Content.Remove("*/*");
        body.IsRequired = !BodyMembers.AreOptional(slice.ReqDtoType);
        Illustrate(body.Content.Values.First(), json.Token(slice.EndpointSummary!.ExampleRequest!));
    }

    /// <summary>The generator would write null members and headers into an example.</summary>
    static void Illustrate(OpenApiMediaType body, JToken example)
    {
        var schema = body.Schema.ActualSchema;

        // The example belongs to this request, not to every body of this schema.
        (body.Example, schema.Example) = (example, null);

        foreach (var (name, property) in schema.Properties)
            property.Example = example[name];
    }

    /// <summary>
    /// Restores the names of headers, which the JSON naming policy has changed, and adds their descriptions.
    /// </summary>
    static void NameHeaders(OpenApiOperation operation, EndpointDefinition slice)
    {
        var names = slice.ReqDtoType.GetProperties()
            .Select(member => member.GetCustomAttribute<FromHeaderAttribute>()?.HeaderName).OfType<string>();

        foreach (var name in names)
        {
            var header = operation.Parameters.Single(parameter => IsNamed(parameter, name));
            header.Name = name;
            header.Description = slice.EndpointSummary?.Params.GetValueOrDefault(name);
        }
    }

    static bool IsNamed(OpenApiParameter parameter, string header) =>
        parameter.Kind == OpenApiParameterKind.Header
        && parameter.Name.Replace("_", "").Equals(header, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Adds the header to an operation that accepts it. It has no example, because the pages would send it:
    /// the second transfer that somebody tries out would replay the first.
    /// </summary>
    public static void AddIdempotencyKey(OpenApiOperation operation) => operation.Parameters.Add(new()
    {
        Name = IdempotencyRules.Header,
        Kind = OpenApiParameterKind.Header,
        Description = "Makes it safe to send the request again. Any 1 to 255 visible ASCII characters; use a "
            + "new key for each new request.",
        Schema = new JsonSchema { Type = JsonObjectType.String, Pattern = IdempotencyRules.Pattern },
    });

    /// <summary>FastEndpoints applies a validator's rules to the body only, not to the parameters.</summary>
    void Constrain(IEnumerable<OpenApiParameter> parameters, Type validatorType)
    {
        var validator = (IValidator)ActivatorUtilities.CreateInstance(services, validatorType);
        var rules = validator.CreateDescriptor();

        foreach (var parameter in parameters)
        {
            foreach (var (rule, _) in rules.GetValidatorsForMember(parameter.Name))
                Constrain(parameter.Schema, rule);
        }
    }

    static void Constrain(JsonSchema value, IPropertyValidator rule)
    {
        switch (rule)
        {
            case IBetweenValidator { From: IConvertible min, To: IConvertible max }:
                (value.Minimum, value.Maximum) = (min.ToDecimal(null), max.ToDecimal(null));
                break;

            case ILengthValidator length:
                (value.MinLength, value.MaxLength) = (length.Min, length.Max);
                break;

            case IRegularExpressionValidator pattern:
                value.Pattern = pattern.Expression;
                break;
        }
    }
}
