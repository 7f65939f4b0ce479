using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using FluentValidation.Internal;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FastEndpoints;

public sealed class EndpointDiscoveryOptions
{
    public IEnumerable<Assembly>? Assemblies { internal get; set; }
    public bool DisableAutoDiscovery { internal get; set; }
    public Func<Type, bool>? Filter { internal get; set; }
}

/// <summary>The endpoints of one host.</summary>
sealed record EndpointData(EndpointDefinition[] Found)
{
    public static EndpointData Discover(EndpointDiscoveryOptions options)
    {
        var loaded = options.DisableAutoDiscovery ? [] : AppDomain.CurrentDomain.GetAssemblies();
        var types = loaded.Union(options.Assemblies ?? [])
            .Where(a => a.GetReferencedAssemblies().Any(r => r.Name == "FastEndpoints"))
            .SelectMany(a => a.GetTypes())
            .Where(t => t is { IsAbstract: false, IsGenericType: false } && !t.IsDefined(typeof(DontRegisterAttribute)))
            .Where(t => options.Filter?.Invoke(t) != false)
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
        var own = type.GetMethods()
            .Where(m => !m.IsDefined(typeof(NotImplementedAttribute), false))
            .ToLookup(m => m.Name);
        if (!own.Contains("Configure") || own.Contains("HandleAsync") == own.Contains("ExecuteAsync"))
            throw new InvalidOperationException($"[{type}] must have Configure() and HandleAsync() or ExecuteAsync().");

        var candidates = validators[arguments[0]].ToArray();
        return new(type, arguments[0], arguments[1])
        {
            ExecuteAsyncImplemented = own.Contains("ExecuteAsync"),
            ValidatorType = candidates.Length == 1 ? candidates[0] : null,
            FoundDuplicateValidators = candidates.Length > 1,
        };
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

    public static IServiceCollection AddFastEndpoints(
        this IServiceCollection services, Action<EndpointDiscoveryOptions>? options = null)
    {
        var discovery = new EndpointDiscoveryOptions();
        options?.Invoke(discovery);

        services.AddHttpContextAccessor();
        services.TryAddSingleton(typeof(IRequestBinder<>), typeof(RequestBinder<>));
        services.AddSingleton<Config>();
        return services.AddSingleton(EndpointData.Discover(discovery));
    }

    public static IApplicationBuilder UseFastEndpoints(
        this IApplicationBuilder app, Action<Config>? configAction = null)
    {
        ((IEndpointRouteBuilder)app).MapFastEndpoints(configAction);
        return app;
    }

    public static IEndpointRouteBuilder MapFastEndpoints(
        this IEndpointRouteBuilder app, Action<Config>? configAction = null)
    {
        Singletons.Use(app.ServiceProvider);
        lock (ConfigLock)
        {
            if (!configured)
                Configure(app.ServiceProvider, configAction);
            configured = true;
        }

        using var scope = app.ServiceProvider.CreateScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        foreach (var definition in app.ServiceProvider.GetRequiredService<EndpointData>().Found)
        {
            var endpoint = (BaseEndpoint)definition.CreateEndpoint(scope.ServiceProvider, []);
            (endpoint.Definition, endpoint.HttpContext) = (definition, http);
            endpoint.Configure();

            if (definition is { FoundDuplicateValidators: true, ValidatorType: null })
                throw new InvalidOperationException($"More than one validator was found for [{definition.ReqDtoType}].");
            if (Config.EpOpts.Filter?.Invoke(definition) == false)
                continue;
            Config.EpOpts.Configurator?.Invoke(definition);
            Map(app, definition);
        }

        return app;
    }

    static void Configure(IServiceProvider services, Action<Config>? configAction)
    {
        var json = services.GetRequiredService<IOptions<JsonOptions>>().Value;
        var options = Config.SerOpts.Options = new(json.SerializerOptions);

        // What comes from a route, query or header is not missing from the body.
        options.TypeInfoResolver = options.TypeInfoResolver?.WithAddedModifier(type =>
        {
            foreach (var property in type.Properties)
                if (property.AttributeProvider?.IsDefined(typeof(NonJsonBindingAttribute), true) is true)
                    property.IsRequired = false;
        });

        configAction?.Invoke(services.GetRequiredService<Config>());

        if (Config.ValOpts.UsePropertyNamingPolicy && options.PropertyNamingPolicy is { } policy)
            ValidatorOptions.Global.PropertyNameResolver = (_, member, expression) =>
            {
                var chain = expression is null ? null : PropertyChain.FromExpression(expression);
                var name = chain is { Count: > 0 } ? chain.ToString() : member?.Name;
                return member is null ? null : policy.ConvertName(name!);
            };
    }

    static void Map(IEndpointRouteBuilder app, EndpointDefinition definition)
    {
        var prefix = Config.EpOpts.RoutePrefix?.Trim('/');
        for (var i = 0; i < definition.Routes.Length; i++)
        {
            var route = definition.Routes[i];
            if (!string.IsNullOrEmpty(prefix))
                route = $"/{prefix}/{route.TrimStart('/')}";

            foreach (var verb in definition.Verbs)
            {
                var builder = app.MapMethods(route, [verb], () => RequestHandler.Instance);
                builder.WithName(Config.EpOpts.NameGenerator(new(
                    definition.EndpointType,
                    definition.Verbs.Length > 1 ? verb : null,
                    definition.Routes.Length > 1 ? i + 1 : null,
                    definition.EndpointTags?.FirstOrDefault())));
                builder.WithMetadata([definition, .. definition.EndpointMetadata ?? []]);
                builder.AddDefaultMetadata(definition, route);
                if (definition.AnonymousVerbs?.Contains(verb) is true)
                    builder.AllowAnonymous();
                else
                    builder.RequireAuthorization();
                if (definition.EndpointSummary is { ProducesMetas: { Count: > 0 } responses })
                    builder.WithMetadata([.. responses]);
                definition.UserConfigAction?.Invoke(builder);
            }
        }
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
        if (endpoint is IDisposable disposable)
            context.Response.RegisterForDispose(disposable);
        if (endpoint is IAsyncDisposable asyncDisposable)
            context.Response.RegisterForDisposeAsync(asyncDisposable);

        return endpoint.ExecAsync(context.RequestAborted);
    }
}

public static class RouteHandlerBuilderExtensions
{
    public static RouteHandlerBuilder ClearDefaultAccepts(this RouteHandlerBuilder builder)
    {
        builder.Add(endpoint => Remove(endpoint, m => m is IAcceptsMetadata));
        return builder;
    }

    public static RouteHandlerBuilder ClearDefaultProduces(this RouteHandlerBuilder builder, params int[] statusCodes)
    {
        builder.Finally(endpoint => Remove(endpoint, m =>
            m is DefaultProducesResponseMetadata p && (statusCodes.Length == 0 || statusCodes.Contains(p.StatusCode))));
        return builder;
    }

    internal static void AddDefaultMetadata(
        this RouteHandlerBuilder builder, EndpointDefinition definition, string route)
    {
        var request = definition.ReqDtoType;
        var response = definition.ResDtoType;

        // What ASP.NET inferred from the handler's IResult.
        builder.Add(endpoint => Remove(endpoint, m => m is IProducesResponseTypeMetadata));

        if (request != typeof(EmptyRequest))
        {
            if (HasNoBody(request, route))
                builder.Accepts(request, "*/*");
            else if (definition.Verbs.Any(v => v is "GET" or "HEAD" or "DELETE"))
                builder.Accepts(request, "*/*", "application/json");
            else
                builder.Accepts(request, "application/json");
        }

        if (response == typeof(object))
            builder.ProducesUnlessSaid(204, typeof(void));
        else
            builder.ProducesUnlessSaid(200, response, "application/json");
        if (definition.AnonymousVerbs is null or [])
            builder.ProducesUnlessSaid(401, typeof(void));
        if (Config.ErrOpts.ProducesMetadataType is { } error && definition.ValidatorType is not null)
            builder.ProducesUnlessSaid(Config.ErrOpts.StatusCode, error, Config.ErrOpts.ContentType);
        if (definition.EndpointSummary is { ProducesMetas.Count: > 0 })
            builder.Add(endpoint => Remove(endpoint, m => m is IProducesResponseTypeMetadata { StatusCode: 200 }));
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
            || parameters.Contains(p.FieldName(), StringComparer.OrdinalIgnoreCase));
    }

    static void Remove(EndpointBuilder endpoint, Func<object, bool> matches)
    {
        foreach (var metadata in endpoint.Metadata.Where(matches).ToArray())
            endpoint.Metadata.Remove(metadata);
    }
}
