using Microsoft.AspNetCore.Http.Features;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Answers HEAD wherever GET is served, as GET without a body (RFC 9110, section 9.3.2). The endpoint runs
/// until it begins to write the body, and is cancelled then: a stream of events would never end.
/// </summary>
sealed class HeadMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }

        var client = context.RequestAborted;
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(client);
        context.Request.Method = HttpMethods.Get;
        context.RequestAborted = end.Token;
        context.Features.Set<IHttpResponseBodyFeature>(new NoBody(body, end));

        try
        {
            await next(context);
        }
        finally
        {
            context.Features.Set(body);
            context.RequestAborted = client;
            context.Request.Method = HttpMethods.Head;
        }
    }

    /// <summary>Cancels the request when its response starts.</summary>
    sealed class NoBody(IHttpResponseBodyFeature response, CancellationTokenSource end)
        : StreamResponseBodyFeature(new EmptyStream(response, end), response)
    {
        public override Task StartAsync(CancellationToken cancellationToken = default) =>
            Stream.FlushAsync(cancellationToken);
    }

    /// <summary>Starts the response at the first write, and drops what is written.</summary>
    sealed class EmptyStream(IHttpResponseBodyFeature response, CancellationTokenSource end) : MemoryStream
    {
        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await response.StartAsync(CancellationToken.None);
            await end.CancelAsync();
        }

        public override void Write(byte[] buffer, int offset, int count) => end.Cancel();

        public override void Write(ReadOnlySpan<byte> buffer) => end.Cancel();

        public override Task WriteAsync(
            byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            FlushAsync(cancellationToken);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(FlushAsync(cancellationToken));
    }
}
