using System.Text.Json.Serialization;

namespace FastEndpoints;

public sealed class Void
{
    internal static readonly Void Instance = new();
}

public interface IResponseSender
{
    HttpContext HttpContext { get; }
    List<ValidationFailure> ValidationFailures { get; }
    EndpointDefinition Definition { get; }
}

public readonly struct ResponseSender<TRequest, TResponse>(Endpoint<TRequest, TResponse> ep) : IResponseSender
    where TRequest : notnull
{
    public HttpContext HttpContext => ep.HttpContext;
    public List<ValidationFailure> ValidationFailures => ep.ValidationFailures;
    public EndpointDefinition Definition => ep.Definition;

    HttpResponse Response => ep.HttpContext.Response;

    public Task<Void> OkAsync(TResponse response, CancellationToken cancellation)
    {
        // Where TResponse is object, OkAsync(ct) binds here.
        if (response is CancellationToken ct)
            return Response.SendOkAsync(ct);

        ep.Response = response;
        return Response.SendAsync(response, 200, null, cancellation);
    }

    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public Task<Void> OkAsync(TResponse response) => OkAsync(response, CancellationToken.None);

    public Task<Void> OkAsync(CancellationToken cancellation) => Response.SendOkAsync(cancellation);
    public Task<Void> OkAsync() => Response.SendOkAsync();

    public Task<Void> ResponseAsync(TResponse response, int statusCode = 200, CancellationToken cancellation = default)
    {
        ep.Response = response;
        return Response.SendAsync(response, statusCode, null, cancellation);
    }

    public Task<Void> CreatedAtAsync<TEndpoint>(
        object? routeValues = null, TResponse? responseBody = default, Http? verb = null, int? routeNumber = null,
        bool generateAbsoluteUrl = false, CancellationToken cancellation = default) where TEndpoint : IEndpoint =>
        CreatedAtAsync(
            Config.EpOpts.NameGenerator(new(typeof(TEndpoint), verb?.ToString(), routeNumber, null)),
            routeValues, responseBody, generateAbsoluteUrl, cancellation);

    public Task<Void> CreatedAtAsync(
        string endpointName, object? routeValues = null, TResponse? responseBody = default,
        bool generateAbsoluteUrl = false, CancellationToken cancellation = default)
    {
        if (responseBody is not null)
            ep.Response = responseBody;
        return Response.SendCreatedAtAsync(
            endpointName, routeValues, responseBody, null, generateAbsoluteUrl, cancellation);
    }

    public Task<Void> NoContentAsync(CancellationToken cancellation = default) =>
        Response.SendNoContentAsync(cancellation);

    public Task<Void> NotFoundAsync(CancellationToken cancellation = default) =>
        Response.SendNotFoundAsync(cancellation);

    public Task<Void> ForbiddenAsync(CancellationToken cancellation = default) =>
        Response.SendForbiddenAsync(cancellation);

    public Task<Void> UnauthorizedAsync(CancellationToken cancellation = default) =>
        Response.SendUnauthorizedAsync(cancellation);

    public Task<Void> StatusCodeAsync(int statusCode, CancellationToken cancellation = default) =>
        Response.SendStatusCodeAsync(statusCode, cancellation);

    public Task<Void> StringAsync(
        string content, int statusCode = 200, string contentType = "text/plain; charset=utf-8",
        CancellationToken cancellation = default) =>
        Response.SendStringAsync(content, statusCode, contentType, cancellation);

    public Task<Void> ResultAsync(IResult result) => Response.SendResultAsync(result);

    public Task<Void> ErrorsAsync(int statusCode = 400, CancellationToken cancellation = default) =>
        Response.SendErrorsAsync(ep.ValidationFailures, statusCode, null, cancellation);
}

public static class HttpResponseExtensions
{
    public static async Task<Void> SendAsync<TResponse>(
        this HttpResponse rsp, TResponse response, int statusCode = 200,
        JsonSerializerContext? jsonSerializerContext = null, CancellationToken cancellation = default)
    {
        rsp.Begin(statusCode);
        await Config.SerOpts.ResponseSerializer(
            rsp, response, "application/json", jsonSerializerContext, rsp.OrAborted(cancellation));
        return Void.Instance;
    }

    public static async Task<Void> SendErrorsAsync(
        this HttpResponse rsp, List<ValidationFailure> failures, int statusCode = 400,
        JsonSerializerContext? jsonSerializerContext = null, CancellationToken cancellation = default)
    {
        rsp.Begin(statusCode);
        await Config.SerOpts.ResponseSerializer(
            rsp, Config.ErrOpts.ResponseBuilder(failures, rsp.HttpContext, statusCode), Config.ErrOpts.ContentType,
            jsonSerializerContext, rsp.OrAborted(cancellation));
        return Void.Instance;
    }

    public static async Task<Void> SendCreatedAtAsync(
        this HttpResponse rsp, string endpointName, object? routeValues = null, object? responseBody = null,
        JsonSerializerContext? jsonSerializerContext = null, bool generateAbsoluteUrl = false,
        CancellationToken cancellation = default)
    {
        var links = rsp.HttpContext.Resolve<LinkGenerator>();

        rsp.Begin(201);
        rsp.Headers.Location = generateAbsoluteUrl
            ? links.GetUriByName(rsp.HttpContext, endpointName, routeValues)
            : links.GetPathByName(endpointName, routeValues);
        await (responseBody is null
            ? rsp.StartAsync(rsp.OrAborted(cancellation))
            : Config.SerOpts.ResponseSerializer(
                rsp, responseBody, "application/json", jsonSerializerContext, rsp.OrAborted(cancellation)));
        return Void.Instance;
    }

    public static async Task<Void> SendStringAsync(
        this HttpResponse rsp, string content, int statusCode = 200, string contentType = "text/plain; charset=utf-8",
        CancellationToken cancellation = default)
    {
        rsp.Begin(statusCode);
        rsp.ContentType = contentType;
        await rsp.WriteAsync(content, rsp.OrAborted(cancellation));
        return Void.Instance;
    }

    public static async Task<Void> SendResultAsync(this HttpResponse rsp, IResult result)
    {
        rsp.HttpContext.MarkResponseStart();
        await result.ExecuteAsync(rsp.HttpContext);
        return Void.Instance;
    }

    public static async Task<Void> SendStatusCodeAsync(
        this HttpResponse rsp, int statusCode, CancellationToken cancellation = default)
    {
        rsp.Begin(statusCode);
        await rsp.StartAsync(rsp.OrAborted(cancellation));
        return Void.Instance;
    }

    public static Task<Void> SendOkAsync(this HttpResponse rsp, CancellationToken cancellation = default) =>
        rsp.SendStatusCodeAsync(200, cancellation);

    public static Task<Void> SendNoContentAsync(this HttpResponse rsp, CancellationToken cancellation = default) =>
        rsp.SendStatusCodeAsync(204, cancellation);

    public static Task<Void> SendUnauthorizedAsync(this HttpResponse rsp, CancellationToken cancellation = default) =>
        rsp.SendStatusCodeAsync(401, cancellation);

    public static Task<Void> SendForbiddenAsync(this HttpResponse rsp, CancellationToken cancellation = default) =>
        rsp.SendStatusCodeAsync(403, cancellation);

    public static Task<Void> SendNotFoundAsync(this HttpResponse rsp, CancellationToken cancellation = default) =>
        rsp.SendStatusCodeAsync(404, cancellation);

    static void Begin(this HttpResponse rsp, int statusCode)
    {
        rsp.HttpContext.MarkResponseStart();
        rsp.StatusCode = statusCode;
    }

    static CancellationToken OrAborted(this HttpResponse rsp, CancellationToken ct) =>
        ct == CancellationToken.None ? rsp.HttpContext.RequestAborted : ct;
}

public static class HttpContextExtensions
{
    const string Started = "FastEndpoints.ResponseStarted";

    public static TService Resolve<TService>(this HttpContext context) where TService : class =>
        context.RequestServices.GetRequiredService<TService>();

    public static TService? TryResolve<TService>(this HttpContext context) where TService : class =>
        context.RequestServices.GetService<TService>();

    public static void MarkResponseStart(this HttpContext context) => context.Items[Started] = null;

    public static bool ResponseStarted(this HttpContext context) =>
        context.Response.HasStarted || context.Items.ContainsKey(Started);
}
