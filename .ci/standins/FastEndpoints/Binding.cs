using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

public interface IRequestBinder<TRequest> where TRequest : notnull
{
    ValueTask<TRequest> BindAsync(BinderContext ctx, CancellationToken ct);
}

public readonly struct BinderContext(HttpContext httpContext, List<ValidationFailure> validationFailures)
{
    public HttpContext HttpContext { get; init; } = httpContext;
    public List<ValidationFailure> ValidationFailures { get; init; } = validationFailures;
    public JsonSerializerContext? JsonSerializerContext { get; init; }
    public JsonSerializerOptions SerializerOptions => Config.SerOpts.Options;
}

/// <summary>Binds the JSON body, then route values, query and headers over it. A singleton per type.</summary>
public class RequestBinder<TRequest>(BindingSource enabledSources) : IRequestBinder<TRequest> where TRequest : notnull
{
    sealed record Property(string Name, Type Type, Action<object, object?> Set, Func<StringValues, ParseResult> Parse)
    {
        public Source Disabled { get; init; }
        public bool Required { get; init; }
    }

    static readonly Func<object> Create = RequestType.Factory(typeof(TRequest));
    static readonly FrozenDictionary<string, Property> Properties;
    static readonly Property[] Headers;
    static readonly string[] RequiredNames;

    static RequestBinder()
    {
        var properties = new List<Property>();
        var headers = new List<Property>();
        var required = new List<string>();

        foreach (var info in RequestType.BindableProperties(typeof(TRequest)))
        {
            var header = info.GetCustomAttribute<FromHeaderAttribute>();
            var restriction = info.GetCustomAttribute<DontBindAttribute>();
            var property = new Property(
                info.FieldName(), info.PropertyType, RequestType.Setter(info), ValueParsers.For(info.PropertyType))
            {
                Disabled = restriction?.BindingSources ?? 0,
            };

            if (header is not null)
                headers.Add(property with { Name = header.HeaderName ?? property.Name, Required = header.IsRequired });
            if (header is not { IsRequired: true })
                properties.Add(property);
            if (restriction is { IsRequired: true })
                required.Add(property.Name);
        }

        if (typeof(TRequest) != typeof(EmptyRequest) && properties.Count + headers.Count == 0)
            throw new NotSupportedException($"[{typeof(TRequest)}] has no public properties to bind.");

        Properties = properties.ToFrozenDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        Headers = [.. headers];
        RequiredNames = [.. required];
    }

    public RequestBinder() : this((BindingSource)255) { }

    public virtual async ValueTask<TRequest> BindAsync(BinderContext ctx, CancellationToken ct)
    {
        if (typeof(TRequest) == typeof(EmptyRequest))
            return (TRequest)Create();

        var http = ctx.HttpContext.Request;
        var failures = ctx.ValidationFailures;
        var bound = RequiredNames.Length > 0 ? new HashSet<string>(StringComparer.OrdinalIgnoreCase) : null;

        var request = Enabled(BindingSource.JsonBody) && http.HasJsonContentType()
            ? await Config.SerOpts.RequestDeserializer(http, typeof(TRequest), ctx.JsonSerializerContext, ct) ?? Create()
            : Create();

        if (Enabled(BindingSource.RouteValues))
            foreach (var (name, value) in http.RouteValues)
                Bind(request, name, value?.ToString(), Source.RouteParam, failures, bound);

        if (Enabled(BindingSource.QueryParams))
            foreach (var (name, value) in http.Query)
                Bind(request, name, value, Source.QueryParam, failures, bound);

        if (Enabled(BindingSource.Headers))
            BindHeaders(request, http.Headers, failures);

        foreach (var name in RequiredNames)
            if (!bound!.Contains(name))
                failures.Add(new(name, "A value is required!"));

        return failures.Count == 0
            ? (TRequest)request
            : throw new ValidationFailureException(failures, "Model binding failed!");
    }

    bool Enabled(BindingSource source) => (enabledSources & source) != 0;

    static void Bind(
        object request, string name, StringValues value, Source source,
        List<ValidationFailure> failures, HashSet<string>? bound)
    {
        bound?.Add(name);
        if (!Properties.TryGetValue(name, out var property) || (property.Disabled & source) != 0)
            return;

        var result = property.Parse(value);

        if (result.IsSuccess)
            property.Set(request, result.Value);
        else if (value.ToString().Length == 0 && Nullable.GetUnderlyingType(property.Type) is not null)
            property.Set(request, Config.BndOpts.UseDefaultValuesForNullableProps ? result.Value : null);
        else
            failures.Add(new(name, Config.BndOpts.FailureMessage(property.Type, name, value)));
    }

    static void BindHeaders(object request, IHeaderDictionary headers, List<ValidationFailure> failures)
    {
        foreach (var property in Headers)
        {
            var value = headers[property.Name];

            if (value.Count == 0)
            {
                if (property.Required)
                    failures.Add(new(property.Name, "This header is missing from the request!"));
                continue;
            }

            var result = property.Parse(value);
            property.Set(request, result.Value);
            if (!result.IsSuccess)
                failures.Add(
                    new(property.Name, $"Unable to bind header value [{value}] to a [{property.Type.Name}] property!"));
        }
    }
}

/// <summary>What is reflected of a request type: once each, when its binder is made.</summary>
static class RequestType
{
    public static PropertyInfo[] BindableProperties(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p =>
            p.GetIndexParameters().Length == 0
            && p is { GetMethod.IsPublic: true, SetMethod.IsPublic: true }
            && p.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Always)];

    public static string FieldName(this PropertyInfo property) =>
        property.GetCustomAttribute<BindFromAttribute>()?.Name
        ?? (Config.BndOpts.UsePropertyNamingPolicy && Config.SerOpts.Options.PropertyNamingPolicy is { } policy
            ? policy.ConvertName(property.Name)
            : property.Name);

    /// <summary>The shortest constructor, with its parameters' own default values.</summary>
    public static Func<object> Factory(Type type)
    {
        if (type == typeof(EmptyRequest))
            return () => EmptyRequest.Instance;

        var constructor = type.GetConstructors().MinBy(c => c.GetParameters().Length);
        var create = constructor is null
            ? Expression.New(type)
            : Expression.New(constructor, constructor.GetParameters().Select(p => (Expression)(
                p is { HasDefaultValue: true, DefaultValue: not null }
                    ? Expression.Constant(p.DefaultValue, p.ParameterType)
                    : Expression.Default(p.ParameterType))));

        return Expression.Lambda<Func<object>>(Expression.Convert(create, typeof(object))).Compile();
    }

    public static Action<object, object?> Setter(PropertyInfo property)
    {
        var target = Expression.Parameter(typeof(object));
        var value = Expression.Parameter(typeof(object));
        var assignment = Expression.Assign(
            Expression.Property(Expression.Convert(target, property.ReflectedType!), property.Name),
            Expression.Convert(value, property.PropertyType));

        return Expression.Lambda<Action<object, object?>>(assignment, target, value).Compile();
    }
}

public struct ParseResult(bool isSuccess, object? value)
{
    public bool IsSuccess { get; set; } = isSuccess;
    public object? Value { get; set; } = value;
}

static class ValueParsers
{
    static readonly ConcurrentDictionary<Type, Func<StringValues, ParseResult>> Parsers = [];

    public static void Register(Type type, Func<StringValues, ParseResult> parser) =>
        Parsers[Nullable.GetUnderlyingType(type) ?? type] = parser;

    public static Func<StringValues, ParseResult> For(Type type) =>
        Parsers.GetOrAdd(Nullable.GetUnderlyingType(type) ?? type, Make);

    static Func<StringValues, ParseResult> Make(Type type)
    {
        if (type == typeof(string))
            return input => new(true, input.ToString());
        if (type.IsEnum)
            return input => new(Enum.TryParse(type, input, true, out var value) && Enum.IsDefined(type, value), value);

        var input = Expression.Parameter(typeof(StringValues));
        var text = Expression.Convert(input, typeof(string));
        var culture = Expression.Default(typeof(IFormatProvider));
        var parsed = Expression.Variable(type);
        var success = Expression.Variable(typeof(bool));
        var call =
            type.GetMethod("TryParse", [typeof(string), type.MakeByRefType()]) is { } plain
                ? Expression.Call(plain, text, parsed)
            : type.GetMethod("TryParse", [typeof(string), typeof(IFormatProvider), type.MakeByRefType()]) is { } parsable
                ? Expression.Call(parsable, text, culture, parsed)
            : null;

        // What has no TryParse is left to the body: nothing in a route, query or header can be read as one.
        return call is null
            ? _ => default
            : Expression.Lambda<Func<StringValues, ParseResult>>(
                Expression.Block(
                    [parsed, success],
                    Expression.Assign(success, call),
                    Expression.New(
                        typeof(ParseResult).GetConstructor([typeof(bool), typeof(object)])!,
                        success,
                        Expression.Convert(parsed, typeof(object)))),
                input).Compile();
    }
}
