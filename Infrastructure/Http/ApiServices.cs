using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Bank.Infrastructure.Http;

/// <summary>The HTTP side of the API: its pipeline, JSON, problems and limits.</summary>
static class ApiServices
{
    /// <summary>
    /// The limit of a request body, in bytes, where the endpoint has no <c>[RequestSizeLimit]</c>; ten times
    /// the largest body that such an endpoint needs.
    /// </summary>
    const long MaxBodySize = 16 * 1024;

    /// <summary>
    /// What one connection may send, in bytes, before it is read; over HTTP/2 one request.
    /// </summary>
    const int MaxBufferSize = 64 * 1024;

    /// <summary>What the operating system keeps for one client, in bytes; Linux doubles it.</summary>
    const int SendBufferSize = 128 * 1024;

    /// <summary>A decimal is exact for every number of up to 28 digits.</summary>
    const int MaxDecimalLength = 28;

    /// <summary>The route that FastEndpoints maps for its test tools.</summary>
    public const string TestAddress = "_test_url_cache_";

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        services.AddSingleton<IExternalScopeProvider, TraceIdScopes>();
        services.Configure<KestrelServerOptions>(Configure);
        services.Configure<SocketTransportOptions>(
            sockets => sockets.CreateBoundListenSocket = CreateListenSocket);
        services.AddSingleton<ConnectionLimit>().AddSingleton<SocketTransportFactory>()
            .AddSingleton<IConnectionListenerFactory, LimitedListenerFactory>();
        services.AddSingleton(typeof(IRequestBinder<>), typeof(BodyAndAddressBinder<>));
        services.AddSingleton<AmountsAsStrings>();
        services.AddFastEndpoints();
        services.AddTimeouts();
        services.AddSettings<LogOptions>().AddSingleton<LimitLog>().AddSingleton<ProblemLog>();
        services.AddSettings<CrossOriginOptions>().AddCors();

        return services;
    }

    /// <summary>Builds the pipeline, which ends with the endpoints.</summary>
    /// <param name="app">The application.</param>
    /// <param name="configureAll">
    /// Configure every endpoint, in this order, in addition to its own configuration.
    /// </param>
    public static WebApplication UseApi(
        this WebApplication app, params Action<EndpointDefinition>[] configureAll)
    {
        Proxies.Use(app);
        PathBaseMiddleware.Use(app);
        app.UseMiddleware<ConnectionDrainMiddleware>();

        if (app.Services.GetRequiredService<LogOptions>().Requests)
            app.UseMiddleware<RequestLog>();

        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<HeadMiddleware>();
        app.UseRouting();
        app.UseStatusCodePages(bare => WriteBareStatusAsync(bare.HttpContext));
        CrossSiteRequests.Use(app);
        app.UseMiddleware<ExceptionMiddleware>();
        app.UseTimeouts();
        app.UseMiddleware<RequestBodyMiddleware>();
        app.Use(HideTestAddress);
        app.UseFastEndpoints(api =>
        {
            Configure(api);
            api.Serializer.ResponseSerializer =
                app.Services.GetRequiredService<AmountsAsStrings>().WriteAsync;
            api.Endpoints.Configurator = slice =>
            {
                DescribeBody(slice);
                Array.ForEach(configureAll, configure => configure(slice));
            };
        });

        return app;
    }

    /// <summary>Answers a status without a body, of routing or the server, with its problem.</summary>
    static Task WriteBareStatusAsync(HttpContext context)
    {
        var headers = context.Response.Headers;

        if (headers.GetCommaSeparatedValues(HeaderNames.Allow).Contains(HttpMethods.Get))
            headers.Allow = $"{headers.Allow}, {HttpMethods.Head}";

        return context.WriteProblemAsync(
            Problem.FromStatus(context.Response.StatusCode), context.RequestAborted);
    }

    /// <summary>Adds metadata for the endpoint's size limit and for a body that is optional.</summary>
    static void DescribeBody(EndpointDefinition slice)
    {
        if (BodyMembers.AreOptional(slice.ReqDtoType))
            slice.Description(route => route.WithMetadata(new OptionalBodyMetadata()));

        if (slice.EndpointType.GetCustomAttribute<RequestSizeLimitAttribute>() is { } limit)
            slice.Description(route => route.WithMetadata(limit));
    }

    /// <summary>The route for FastEndpoints' test tools would list every endpoint to anyone.</summary>
    static Task HideTestAddress(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: TestAddress })
            context.SetEndpoint(null);

        return next(context);
    }

    static void Configure(Config api)
    {
        api.Endpoints.ShortNames = true;
        api.Errors.StatusCode = Status422UnprocessableEntity;
        api.Errors.ContentType = Problem.MediaType;
        api.Errors.ResponseBuilder = ProblemResponses.FromFailures;
        api.Errors.ProducesMetadataType = null;
        api.Binding.JsonExceptionStatusCode = Status400BadRequest;
        api.Binding.JsonExceptionTransformer = ProblemResponses.FromJsonException;
        api.Binding.ValueParserFor<DateTimeOffset>(Rfc3339.Parse);
        api.Binding.ValueParserFor<decimal>(ParseDecimal);
        api.Binding.ValueParserFor<int>(WholeNumber.Parse<int>);
        api.Binding.ValueParserFor<long>(WholeNumber.Parse<long>);
        api.Binding.FailureMessage = (type, _, _) => type == typeof(DateTimeOffset?) ? Rfc3339.Reason
            : type == typeof(decimal?) ? "must be a number"
            : "has the wrong type";
    }

    /// <summary>
    /// Parses a number that a decimal keeps exactly, without white space and separators of thousands.
    /// </summary>
    static ParseResult ParseDecimal(StringValues values) =>
        values.Count == 1 && values[0]!.Length <= MaxDecimalLength
        && decimal.TryParse(
            values[0], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var number)
            ? new(true, number)
            : new(false, null);

    /// <summary>Limits the size of requests, and disconnects clients that send them too slowly.</summary>
    static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // A proxy that has the TLS says ":scheme https" over HTTP/2 without TLS.
        kestrel.AllowAlternateSchemes = true;
        kestrel.Limits.MaxRequestBodySize = MaxBodySize;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestBufferSize = MaxBufferSize;
        kestrel.Limits.Http2.InitialStreamWindowSize = MaxBufferSize;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, TimeSpan.FromSeconds(5));
    }

    /// <summary>
    /// Connections inherit the size of the buffer. The operating system would let it grow to megabytes for
    /// each client that does not read.
    /// </summary>
    static Socket CreateListenSocket(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);

        if (endpoint is IPEndPoint)
            socket.SendBufferSize = SendBufferSize;

        return socket;
    }

    static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.AllowDuplicateProperties = false;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.Converters.Add(new WholeNumberConverter<int>());
        json.Converters.Add(new WholeNumberConverter<long>());
        json.TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers = { BodyMembers.ExcludeNonBodyMembers },
        };
    }
}
