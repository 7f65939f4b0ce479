using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Bank.Infrastructure.Http;

/// <summary>
/// How the API speaks HTTP: its JSON, its problems and its limits.
/// </summary>
static class ApiServices
{
    /// <summary>
    /// The largest request body, in bytes, of a slice that does not say more by <c>[RequestSizeLimit]</c>; the
    /// largest that it needs is a tenth of it.
    /// </summary>
    const long LargestBody = 16 * 1024;

    /// <summary>Half of them may be those of listeners, who keep theirs.</summary>
    const long MostConnections = 20_000;

    /// <summary>The one address that is mapped and is no slice's.</summary>
    public const string TestAddress = "_test_url_cache_";

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        services.AddSingleton<IExternalScopeProvider, TraceIdScopes>();
        services.Configure<KestrelServerOptions>(Configure);
        services.AddSingleton(typeof(IRequestBinder<>), typeof(BodyAndAddressBinder<>));
        services.AddFastEndpoints();
        services.AddSettings<LogOptions>("Logging").AddSingleton<LimitLog>();

        return services;
    }

    /// <summary>Puts the pipeline together, with the slices at its end.</summary>
    /// <param name="app">What serves.</param>
    /// <param name="forEverySlice">
    /// What stands around every slice, in this order, beside what the slice says of itself.
    /// </param>
    public static WebApplication UseApi(
        this WebApplication app, params Action<EndpointDefinition>[] forEverySlice)
    {
        Proxies.Use(app);
        app.UseMiddleware<ConnectionDrainMiddleware>();

        if (app.Services.GetRequiredService<LogOptions>().Requests)
            app.UseMiddleware<RequestLog>();

        app.UseMiddleware<SecurityHeaders>();
        app.UseRouting();
        app.UseStatusCodePages(bare => bare.HttpContext.WriteProblemAsync(
            Problem.OfStatus(bare.HttpContext.Response.StatusCode), bare.HttpContext.RequestAborted));
        app.UseMiddleware<EmptyBodyMiddleware>();
        app.UseMiddleware<ExceptionMiddleware>();
        app.Use(HideTestAddress);
        app.UseFastEndpoints(api =>
        {
            api.Endpoints.ShortNames = true;
            api.Endpoints.Configurator = slice =>
            {
                DescribeBody(slice);
                Array.ForEach(forEverySlice, apply => apply(slice));
            };
            api.Errors.StatusCode = Status422UnprocessableEntity;
            api.Errors.ContentType = Problem.MediaType;
            api.Errors.ResponseBuilder = ProblemResponses.FromFailures;
            api.Errors.ProducesMetadataType = null;
            api.Binding.JsonExceptionStatusCode = Status400BadRequest;
            api.Binding.JsonExceptionTransformer = ProblemResponses.FromJsonException;
            api.Binding.ValueParserFor<DateTimeOffset>(Rfc3339.Parse);
            api.Binding.FailureMessage = (type, _, _) => type == typeof(DateTimeOffset?) ? Rfc3339.Reason
                : "has the wrong type";
        });

        return app;
    }

    /// <summary>Says how large a body the slice accepts, if it says so, and whether it needs none.</summary>
    static void DescribeBody(EndpointDefinition slice)
    {
        if (BodyMembers.AreOptional(slice.ReqDtoType))
            slice.Description(route => route.WithMetadata(new OptionalBodyMetadata()));

        if (slice.EndpointType.GetCustomAttribute<RequestSizeLimitAttribute>() is { } limit)
            slice.Description(route => route.WithMetadata(limit));
    }

    /// <summary>
    /// FastEndpoints maps an address of its own, for its test tools, that lists every slice to anyone.
    /// </summary>
    static Task HideTestAddress(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: TestAddress })
            context.SetEndpoint(null);

        return next(context);
    }

    /// <summary>Bounds what a client may send, and cuts off who sends it too slowly.</summary>
    static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, TimeSpan.FromSeconds(5));
    }

    static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.AllowDuplicateProperties = false;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers = { BodyMembers.LeaveOthersOut },
        };
    }
}
