using System.IO.Pipelines;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Bank.Infrastructure.Hosting;

/// <summary>
/// Guards each request over HTTP/2 for itself: the clients of a proxy share its connections, so a client that
/// reads or sends too slowly must end its own stream and no other. Refuses streams beyond the number of
/// connections, so that strangers take no more memory than over HTTP/1.1.
/// </summary>
sealed partial class StreamGuard(
    RequestDelegate next, ServingOptions serving, ConnectionLimit limit, TimeProvider time,
    ILogger<StreamGuard> log)
{
    /// <summary>The error code by which a client knows that it may send the request again.</summary>
    const int RefusedStream = 7;

    readonly LogThrottle throttle = new(time, TimeSpan.FromMinutes(1));
    int count;

    public Task InvokeAsync(HttpContext context) =>
        HttpProtocol.IsHttp2(context.Request.Protocol) ? GuardAsync(context) : next(context);

    async Task GuardAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref count) <= limit.MaxConnections)
                await ServeAsync(context);
            else
                Refuse(context);
        }
        finally
        {
            Interlocked.Decrement(ref count);
        }
    }

    Task ServeAsync(HttpContext context)
    {
        // Kestrel adds up the bodies of all streams, and cuts the connection if they are slow. The request's
        // own timeout ends a body that does not arrive.
        context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
        var response = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new Response(
            response, new TimedWriter(response.Writer, serving.ReadTimeout, context.Abort)));

        return next(context);
    }

    void Refuse(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(RefusedStream);

        if (throttle.TryPass(out var others))
            LogRefused(limit.MaxConnections, others);
    }

    [LoggerMessage(
        6, LogLevel.Warning,
        "{Max} requests over HTTP/2 are being served. A new one was refused, and {Others} since the last "
            + "such line")]
    partial void LogRefused(int max, int others);

    /// <summary>The response of the server with another writer.</summary>
    sealed class Response(IHttpResponseBodyFeature response, PipeWriter writer) : IHttpResponseBodyFeature
    {
        Stream? stream;

        public Stream Stream => stream ??= writer.AsStream(leaveOpen: true);

        public PipeWriter Writer => writer;

        public void DisableBuffering() => response.DisableBuffering();

        public Task StartAsync(CancellationToken cancellationToken = default) =>
            response.StartAsync(cancellationToken);

        public Task SendFileAsync(
            string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

        public Task CompleteAsync() => response.CompleteAsync();
    }
}
