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

    public Task<Void> OkAsync(TResponse response, CancellationToken cancellation) =>
        ResponseAsync(response, 200, cancellation);

    public Task<Void> ResponseAsync(TResponse response, int statusCode = 200, CancellationToken cancellation = default) =>
        HttpContext.Response.SendAsync(response, statusCode, null, cancellation);

    public Task<Void> NoContentAsync(CancellationToken cancellation = default) =>
        HttpContext.Response.SendStatusCodeAsync(204, cancellation);
}

public static class HttpResponseExtensions
{
    const string Started = "FastEndpoints.ResponseStarted";

    public static async Task<Void> SendAsync<TResponse>(
        this HttpResponse rsp, TResponse response, int statusCode = 200,
        JsonSerializerContext? jsonSerializerContext = null, CancellationToken cancellation = default)
    {
        rsp.Begin(statusCode);
        await rsp.WriteAsJsonAsync(
            response, Config.Json, "application/json; charset=utf-8", rsp.OrAborted(cancellation));
        return Void.Instance;
    }

    internal static async Task SendErrorsAsync(
        this HttpResponse rsp, List<ValidationFailure> failures, int statusCode, CancellationToken cancellation)
    {
        // The builder may have another status in mind.
        rsp.Begin(statusCode);
        await rsp.WriteAsJsonAsync(
            Config.ErrOpts.ResponseBuilder(failures, rsp.HttpContext, statusCode), Config.Json,
            $"{Config.ErrOpts.ContentType}; charset=utf-8", rsp.OrAborted(cancellation));
    }

    internal static async Task<Void> SendStatusCodeAsync(
        this HttpResponse rsp, int statusCode, CancellationToken cancellation)
    {
        rsp.Begin(statusCode);
        await rsp.StartAsync(rsp.OrAborted(cancellation));
        return Void.Instance;
    }

    public static void MarkResponseStart(this HttpContext context) => context.Items[Started] = null;

    public static bool ResponseStarted(this HttpContext context) =>
        context.Response.HasStarted || context.Items.ContainsKey(Started);

    static void Begin(this HttpResponse rsp, int statusCode)
    {
        rsp.HttpContext.MarkResponseStart();
        rsp.StatusCode = statusCode;
    }

    static CancellationToken OrAborted(this HttpResponse rsp, CancellationToken ct) =>
        ct == CancellationToken.None ? rsp.HttpContext.RequestAborted : ct;
}
