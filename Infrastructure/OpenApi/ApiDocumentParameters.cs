using Bank.Infrastructure.Ledger;
using FastEndpoints;
using FluentValidation;
using FluentValidation.Validators;
using NJsonSchema;
using NSwag;

namespace Bank.Infrastructure.OpenApi;

/// <summary>Says of what a request consists of what its validator and its example say.</summary>
sealed class ApiDocumentParameters(IServiceProvider services)
{
    public void Describe(OpenApiOperation operation, EndpointDefinition slice)
    {
        DescribeKey(operation);

        if (slice.ValidatorType is not null)
            Constrain(operation.Parameters, slice.ValidatorType);

        foreach (var parameter in operation.Parameters.Where(parameter => parameter.IsRequired))
            parameter.Example ??= Example.Of(parameter.Name, parameter.Schema.Format);

        if (operation.RequestBody?.Content.Values.First() is { } body)
        {
            // The example is of this request, not of every body of its shape.
            body.Example = body.Schema.ActualSchema.Example;
            body.Schema.ActualSchema.Example = null;
        }
    }

    /// <summary>
    /// Gives the header its name back, which the naming policy of JSON took. It gets no example, since the
    /// pages would send that: the second transfer that somebody tries out would repeat the first.
    /// </summary>
    static void DescribeKey(OpenApiOperation operation)
    {
        if (operation.Parameters.FirstOrDefault(parameter => IsKey(parameter.Name)) is not { } key)
            return;

        key.Name = IdempotencyRules.Header;
        key.Description = "Makes it safe to send the request again. Any 1 to 255 visible ASCII characters; "
            + "another one for each request that is meant to be done.";
        key.Example = null;
    }

    static bool IsKey(string name) =>
        name.Replace("_", "").Equals(IdempotencyRules.Header, StringComparison.OrdinalIgnoreCase);

    /// <summary>The rules of a validator reach a body's schema by themselves, but no address.</summary>
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
            case IBetweenValidator { From: IConvertible least, To: IConvertible most }:
                (value.Minimum, value.Maximum) = (least.ToDecimal(null), most.ToDecimal(null));
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
