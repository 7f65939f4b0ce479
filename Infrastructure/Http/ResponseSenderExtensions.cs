using FastEndpoints;

namespace Bank.Infrastructure.Http;

/// <summary>Answers that FastEndpoints has no word of its own for.</summary>
static class ResponseSenderExtensions
{
    /// <summary>Sends what was created with a 201 and, in Location, the path to read it at.</summary>
    public static Task CreatedAsync<TResponse>(
        this IResponseSender send, string location, TResponse response, CancellationToken ct)
    {
        send.HttpContext.Response.Headers.Location = send.HttpContext.Request.PathBase + location;
        return send.HttpContext.Response.SendAsync(response, Status201Created, cancellation: ct);
    }
}
