namespace Bank.Infrastructure.Http;

/// <summary>
/// During shutdown adds <c>Connection: close</c> to every response, so that no keep-alive connection is cut
/// with a request in flight.
/// </summary>
sealed class ConnectionDrainMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested
            && HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";

        return next(context);
    }
}
