using Microsoft.AspNetCore.Connections.Features;

namespace Bank.Infrastructure.Http;

/// <summary>
/// During shutdown lets every response end its connection, so that no connection is cut with a request in
/// flight: with <c>Connection: close</c>, and over HTTP/2 with a GOAWAY, after which the client opens another
/// connection for its next request.
/// </summary>
sealed class ConnectionDrainMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            Drain(context);

        return next(context);
    }

    static void Drain(HttpContext context)
    {
        if (HttpProtocol.IsHttp2(context.Request.Protocol))
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        else if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
    }
}
