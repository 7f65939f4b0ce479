namespace Bank.Infrastructure.Http;

/// <summary>
/// Once the process is told to stop, closes each connection with its next answer: whoever sends more comes by
/// another one, and none is closed at the end just when a request is on its way.
/// </summary>
sealed class ConnectionDrainMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested && HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";

        return next(context);
    }
}
