using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using FluentValidation.Internal;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FastEndpoints;

/// <summary>The endpoints of one host.</summary>
sealed record EndpointData(EndpointDefinition[] Found)
{
    public static EndpointData Discover()
    {
        var types = AppDomain.CurrentDomain.GetAssemblies()
            .Where(a => a.GetReferencedAssemblies().Any(r => r.Name == "FastEndpoints"))
            .SelectMany(a => a.GetTypes())
            .Where(t => t is { IsAbstract: false, IsGenericType: false })
            .ToArray();
        var validators = types
            .Where(t => t.IsAssignableTo(typeof(IEndpointValidator)))
            .ToLookup(t => ArgumentsOf(t, typeof(AbstractValidator<>))[0]);
        var found = types
            .Where(t => t.IsAssignableTo(typeof(BaseEndpoint)))
            .Select(t => Define(t, ArgumentsOf(t, typeof(Endpoint<,>)), validators))
            .ToArray();

        return found.Length > 0
            ? new(found)
            : throw new InvalidOperationException("FastEndpoints was unable to find any endpoint declarations!");
    }

    static EndpointDefinition Define(Type type, Type[] arguments, ILookup<Type, Type> validators)
    {
        var candidates = validators[arguments[0]].ToArray();
        if (candidates.Length > 1)
            throw new InvalidOperationException($"More than one validator was found for [{arguments[0]}].");
        return new(type, arguments[0], arguments[1]) { ValidatorType = candidates.SingleOrDefault() };
    }

    static Type[] ArgumentsOf(Type? type, Type generic)
    {
        while (type is not { IsGenericType: true } || type.GetGenericTypeDefinition() != generic)
            type = type!.BaseType;
        return type.GetGenericArguments();
    }
}

/// <summary>Validators and pre-processors, made once per host from its services or by their constructor.</summary>
static class Singletons
{
    static IServiceProvider services = null!;
    static ConcurrentDictionary<Type, object> made = [];

    public static void Use(IServiceProvider provider) => (services, made) = (provider, []);

    public static object Get(Type type) =>
        made.GetOrAdd(type, t => ActivatorUtilities.GetServiceOrCreateInstance(services, t));
}

public static class MainExtensions
{
    static readonly Lock ConfigLock = new();
    static bool configured;

    public static IServiceCollection AddFastEndpoints(this IServiceCollection services)
    {
        services.TryAddSingleton(typeof(IRequestBinder<>), typeof(RequestBinder<>));
        return services.AddSingleton(EndpointData.Discover());
    }

    public static IApplicationBuilder UseFastEndpoints(
        this IApplicationBuilder app, Action<Config>? configAction = null)
    {
        Singletons.Use(app.ApplicationServices);
        lock (ConfigLock)
        {
            if (!configured)
                Configure(app.ApplicationServices, configAction);
            configured = true;
        }

        using var scope = app.ApplicationServices.CreateScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        foreach (var definition in app.ApplicationServices.GetRequiredService<EndpointData>().Found)
        {
            var endpoint = (BaseEndpoint)definition.CreateEndpoint(scope.ServiceProvider, []);
            (endpoint.Definition, endpoint.HttpContext) = (definition, http);
            endpoint.Configure();
            Config.EpOpts.Configurator?.Invoke(definition);
            foreach (var route in definition.Routes)
                ((IEndpointRouteBuilder)app).Map(definition, route);
        }

        return app;
    }

    static void Configure(IServiceProvider services, Action<Config>? configAction)
    {
        var json = services.GetRequiredService<IOptions<JsonOptions>>().Value;
        var options = Config.Json = new(json.SerializerOptions);

        // What comes from a route, query or header is not missing from the body.
        options.TypeInfoResolver = options.TypeInfoResolver?.WithAddedModifier(type =>
        {
            foreach (var property in type.Properties)
                if (property.AttributeProvider?.IsDefined(typeof(NonJsonBindingAttribute), true) is true)
                    property.IsRequired = false;
        });

        configAction?.Invoke(new Config());

        if (options.PropertyNamingPolicy is { } policy)
            ValidatorOptions.Global.PropertyNameResolver = (_, member, expression) =>
            {
                var chain = expression is null ? null : PropertyChain.FromExpression(expression);
                var name = chain is { Count: > 0 } ? chain.ToString() : member?.Name;
                return member is null ? null : policy.ConvertName(name!);
            };
    }

    static void Map(this IEndpointRouteBuilder app, EndpointDefinition definition, string route)
    {
        var type = definition.EndpointType;
        var builder = app.MapMethods(route, [definition.Verb], () => RequestHandler.Instance);
        builder.WithName(Config.EpOpts.ShortNames ? type.Name : type.FullName!.Replace(".", ""));
        builder.WithMetadata(definition);
        builder.AddDefaultMetadata(definition, route);
        if (definition.AnonymousVerbs?.Contains(definition.Verb) is true)
            builder.AllowAnonymous();
        else
            builder.RequireAuthorization();
        definition.UserConfigAction?.Invoke(builder);
    }
}

sealed class RequestHandler : IResult
{
    public static readonly RequestHandler Instance = new();

    public Task ExecuteAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()!.Metadata;

        // Routing refuses a wrong content type, but lets a missing one through.
        if (!context.Request.Headers.ContainsKey("Content-Type")
            && metadata.GetMetadata<IAcceptsMetadata>() is { } accepts && !accepts.ContentTypes.Contains("*/*"))
        {
            context.Response.StatusCode = 415;
            return context.Response.StartAsync(context.RequestAborted);
        }

        var definition = metadata.GetMetadata<EndpointDefinition>()!;
        var endpoint = (BaseEndpoint)definition.CreateEndpoint(context.RequestServices, []);
        (endpoint.Definition, endpoint.HttpContext) = (definition, context);
        return endpoint.ExecAsync(context.RequestAborted);
    }
}

static class DefaultMetadata
{
    public static void AddDefaultMetadata(
        this RouteHandlerBuilder builder, EndpointDefinition definition, string route)
    {
        var request = definition.ReqDtoType;

        // What ASP.NET inferred from the handler's IResult.
        builder.Add(endpoint =>
        {
            foreach (var inferred in endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().ToArray())
                endpoint.Metadata.Remove(inferred);
        });

        if (request != typeof(EmptyRequest))
        {
            if (HasNoBody(request, route))
                builder.Accepts(request, "*/*");
            else if (definition.Verb is "GET" or "DELETE")
                builder.Accepts(request, "*/*", "application/json");
            else
                builder.Accepts(request, "application/json");
        }

        if (definition.ResDtoType == typeof(object))
            builder.ProducesUnlessSaid(204, typeof(void));
        else
            builder.ProducesUnlessSaid(200, definition.ResDtoType, "application/json");
        if (definition.AnonymousVerbs is null or [])
            builder.ProducesUnlessSaid(401, typeof(void));
        if (Config.ErrOpts.ProducesMetadataType is { } error && definition.ValidatorType is not null)
            builder.ProducesUnlessSaid(Config.ErrOpts.StatusCode, error, Config.ErrOpts.ContentType);
    }

    /// <summary>Gives way to any other success, or to the same client error, that the endpoint declares.</summary>
    static void ProducesUnlessSaid(
        this RouteHandlerBuilder builder, int statusCode, Type type, params string[] contentTypes) =>
        builder.Finally(endpoint =>
        {
            var said = endpoint.Metadata.Any(m =>
                (m as IProducesResponseTypeMetadata)?.StatusCode is { } code
                && (statusCode < 300 ? code is >= 200 and < 300 : code == statusCode));
            if (!said)
                endpoint.Metadata.Add(new DefaultProducesResponseMetadata(type, statusCode, contentTypes));
        });

    static bool HasNoBody(Type request, string route)
    {
        var parameters = RoutePatternFactory.Parse(route).Parameters.Select(p => p.Name);
        return RequestType.BindableProperties(request).All(p =>
            p.IsDefined(typeof(NonJsonBindingAttribute))
            || parameters.Contains(p.Name, StringComparer.OrdinalIgnoreCase));
    }
}
