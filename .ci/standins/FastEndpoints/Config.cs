using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

/// <summary>Process-wide, and set up once, however many hosts start in the process.</summary>
public sealed class Config
{
    internal static readonly BindingOptions BndOpts = new();
    internal static readonly EndpointOptions EpOpts = new();
    internal static readonly ErrorOptions ErrOpts = new();
    internal static JsonSerializerOptions Json { get; set; } = new();

    public BindingOptions Binding => BndOpts;
    public EndpointOptions Endpoints => EpOpts;
    public ErrorOptions Errors => ErrOpts;
}

public sealed class BindingOptions
{
    public int JsonExceptionStatusCode { internal get; set; } = 400;

    public Func<Type, string, StringValues, string> FailureMessage { internal get; set; } =
        (type, _, value) =>
            $"Value [{value}] is not valid for a [{(Nullable.GetUnderlyingType(type) ?? type).Name}] property!";

    public Func<JsonException, ValidationFailure>? JsonExceptionTransformer { internal get; set; } =
        x => new("SerializerErrors", x.InnerException?.Message ?? x.Message);
}

public sealed class EndpointOptions
{
    public bool ShortNames { internal get; set; }
    public Action<EndpointDefinition>? Configurator { internal get; set; }
}

public sealed class ErrorOptions
{
    public int StatusCode { internal get; set; } = 400;
    public string ContentType { internal get; set; } = "application/problem+json";
    public Type? ProducesMetadataType { internal get; set; }

    public Func<List<ValidationFailure>, HttpContext, int, object> ResponseBuilder { internal get; set; } =
        (failures, _, _) => failures;
}
