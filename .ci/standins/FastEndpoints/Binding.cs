using System.Collections.Frozen;
using System.Linq.Expressions;
using System.Reflection;
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
}

/// <summary>Binds the JSON body, then route values, query and headers over it. A singleton per type.</summary>
public class RequestBinder<TRequest>(BindingSource enabledSources) : IRequestBinder<TRequest> where TRequest : notnull
{
    sealed record Property(string Name, Type Type, Action<object, object?> Set, ValueParsers.Parser Parse)
    {
        public Source Disabled { get; init; }
        public bool Required { get; init; }
    }

    static readonly Func<object> Create = RequestType.Factory(typeof(TRequest));
    static readonly FrozenDictionary<string, Property> Properties;
    static readonly Property[] Headers;

    static RequestBinder()
    {
        var properties = new List<Property>();
        var headers = new List<Property>();

        foreach (var info in RequestType.BindableProperties(typeof(TRequest)))
        {
            var header = info.GetCustomAttribute<FromHeaderAttribute>();
            var property = new Property(
                info.Name, info.PropertyType, RequestType.Setter(info), ValueParsers.For(info.PropertyType))
            {
                Disabled = info.GetCustomAttribute<DontBindAttribute>()?.BindingSources ?? 0,
            };

            if (header is not null)
                headers.Add(property with { Name = header.HeaderName ?? property.Name, Required = header.IsRequired });
            if (header is not { IsRequired: true })
                properties.Add(property);
        }

        if (typeof(TRequest) != typeof(EmptyRequest) && properties.Count + headers.Count == 0)
            throw new NotSupportedException($"[{typeof(TRequest)}] has no public properties to bind.");

        Properties = properties.ToFrozenDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        Headers = [.. headers];
    }

    public RequestBinder() : this((BindingSource)255) { }

    public virtual async ValueTask<TRequest> BindAsync(BinderContext ctx, CancellationToken ct)
    {
        if (typeof(TRequest) == typeof(EmptyRequest))
            return (TRequest)Create();

        var http = ctx.HttpContext.Request;
        var failures = ctx.ValidationFailures;

        var request = Enabled(BindingSource.JsonBody) && http.HasJsonContentType()
            ? await http.ReadFromJsonAsync(typeof(TRequest), Config.Json, ct) ?? Create()
            : Create();

        if (Enabled(BindingSource.RouteValues))
            foreach (var (name, value) in http.RouteValues)
                Bind(request, name, value?.ToString(), Source.RouteParam, failures);

        if (Enabled(BindingSource.QueryParams))
            foreach (var (name, value) in http.Query)
                Bind(request, name, value, Source.QueryParam, failures);

        if (Enabled(BindingSource.Headers))
            BindHeaders(request, http.Headers, failures);

        return failures.Count == 0
            ? (TRequest)request
            : throw new ValidationFailureException(failures, "Model binding failed!");
    }

    bool Enabled(BindingSource source) => (enabledSources & source) != 0;

    static void Bind(
        object request, string name, StringValues value, Source source, List<ValidationFailure> failures)
    {
        if (!Properties.TryGetValue(name, out var property) || (property.Disabled & source) != 0)
            return;

        var (isParsed, parsed) = property.Parse(value);

        if (isParsed || (value.ToString().Length == 0 && Nullable.GetUnderlyingType(property.Type) is not null))
            property.Set(request, parsed);
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

            var (isParsed, parsed) = property.Parse(value);
            property.Set(request, parsed);
            if (!isParsed)
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
            p.GetIndexParameters().Length == 0 && p is { GetMethod.IsPublic: true, SetMethod.IsPublic: true })];

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

static class ValueParsers
{
    public delegate (bool IsParsed, object? Value) Parser(StringValues input);

    public static Parser For(Type propertyType)
    {
        var type = Nullable.GetUnderlyingType(propertyType) ?? propertyType;

        if (type == typeof(string))
            return input => (true, input.ToString());
        if (type.IsEnum)
            return input => (Enum.TryParse(type, input, true, out var value) && Enum.IsDefined(type, value), value);

        var parse = type.GetMethod("TryParse", [typeof(string), type.MakeByRefType()]);

        // What has no TryParse is left to the body: nothing in a route, query or header can be read as one.
        if (parse is null)
            return _ => default;

        return input =>
        {
            object?[] arguments = [input.ToString(), null];
            return ((bool)parse.Invoke(null, arguments)!, arguments[1]);
        };
    }
}
