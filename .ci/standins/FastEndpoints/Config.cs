using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

/// <summary>Process-wide, and set up once, however many hosts start in the process.</summary>
public sealed class Config
{
    internal static readonly BindingOptions BndOpts = new();
    internal static readonly EndpointOptions EpOpts = new();
    internal static readonly ErrorOptions ErrOpts = new();
    internal static readonly SerializerOptions SerOpts = new();
    internal static readonly ValidationOptions ValOpts = new();

    public BindingOptions Binding => BndOpts;
    public EndpointOptions Endpoints => EpOpts;
    public ErrorOptions Errors => ErrOpts;
    public SerializerOptions Serializer => SerOpts;
    public ValidationOptions Validation => ValOpts;
}

public sealed class BindingOptions
{
    public bool UsePropertyNamingPolicy { get; set; }
    public bool UseDefaultValuesForNullableProps { get; set; } = true;
    public int JsonExceptionStatusCode { internal get; set; } = 400;

    public Func<Type, string, StringValues, string> FailureMessage { internal get; set; } =
        (type, _, value) =>
            $"Value [{value}] is not valid for a [{(Nullable.GetUnderlyingType(type) ?? type).Name}] property!";

    public Func<JsonException, ValidationFailure>? JsonExceptionTransformer { internal get; set; } =
        x => new(
            x.Path is null or "$" || x.Path.StartsWith("$[") ? Config.SerOpts.SerializerErrorsField : x.Path[2..],
            x.InnerException?.Message ?? x.Message);

    public void ValueParserFor<T>(Func<StringValues, ParseResult> parser) => ValueParsers.Register(typeof(T), parser);
}

public sealed class EndpointOptions
{
    public bool ShortNames { internal get; set; }
    public string? RoutePrefix { internal get; set; }
    public Func<EndpointDefinition, bool>? Filter { internal get; set; }
    public Action<EndpointDefinition>? Configurator { internal get; set; }

    public Func<EndpointNameGenerationContext, string> NameGenerator { internal get; set; } = context =>
    {
        var verb = context.HttpVerb is { } v ? v[0] + v[1..].ToLowerInvariant() : null;
        var type = context.EndpointType;
        var name = context.ShortEndpointNames ? type.Name : type.FullName!.Replace(".", "");
        return $"{verb}{name}{context.RouteNumber}";
    };
}

public readonly struct EndpointNameGenerationContext(
    Type endpointType, string? httpVerb, int? routeNumber, string? tagPrefix)
{
    public Type EndpointType => endpointType;
    public string? HttpVerb => httpVerb;
    public int? RouteNumber => routeNumber;
    public string? TagPrefix => tagPrefix;
    public bool ShortEndpointNames => Config.EpOpts.ShortNames;
}

public sealed class ErrorOptions
{
    public int StatusCode { internal get; set; } = 400;
    public string ContentType { internal get; set; } = "application/problem+json";
    public Type? ProducesMetadataType { internal get; set; } = typeof(ErrorResponse);
    public string GeneralErrorsField { internal get; set; } = "GeneralErrors";

    public Func<List<ValidationFailure>, HttpContext, int, object> ResponseBuilder { internal get; set; } =
        (failures, _, status) => new ErrorResponse(failures, status);
}

public sealed class ErrorResponse
{
    public ErrorResponse() { }

    public ErrorResponse(List<ValidationFailure> failures, int statusCode = 400)
    {
        StatusCode = statusCode;
        Errors = failures
            .GroupBy(f => Config.SerOpts.Options.PropertyNamingPolicy?.ConvertName(f.PropertyName) ?? f.PropertyName)
            .ToDictionary(g => g.Key, g => g.Select(f => f.ErrorMessage).ToList());
    }

    public int StatusCode { get; set; }
    public string Message { get; set; } = "One or more errors occurred!";
    public Dictionary<string, List<string>> Errors { get; set; } = [];
}

public sealed class SerializerOptions
{
    public JsonSerializerOptions Options { get; internal set; } = new();
    public string SerializerErrorsField { internal get; set; } = "SerializerErrors";
    public string? CharacterEncoding { internal get; set; } = "utf-8";

    public Func<HttpRequest, Type, JsonSerializerContext?, CancellationToken, ValueTask<object?>> RequestDeserializer
    {
        internal get; set;
    } = (request, type, context, ct) => request.ReadFromJsonAsync(type, context?.Options ?? Config.SerOpts.Options, ct);

    public Func<HttpResponse, object?, string, JsonSerializerContext?, CancellationToken, Task> ResponseSerializer
    {
        internal get; set;
    } = (response, dto, contentType, context, ct) => dto is null
        ? Task.CompletedTask
        : response.WriteAsJsonAsync(
            dto, context?.Options ?? Config.SerOpts.Options, Config.SerOpts.WithCharset(contentType), ct);

    string WithCharset(string contentType) => (contentType, CharacterEncoding) switch
    {
        (_, null) => contentType,
        ("application/json", "utf-8") => "application/json; charset=utf-8",
        ("application/problem+json", "utf-8") => "application/problem+json; charset=utf-8",
        _ => $"{contentType}; charset={CharacterEncoding}",
    };
}

public sealed class ValidationOptions
{
    public bool UsePropertyNamingPolicy { get; set; } = true;
}
