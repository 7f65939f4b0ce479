using FastEndpoints;

namespace Bank.Infrastructure.Http;

/// <summary>Responses that FastEndpoints does not offer.</summary>
static class ResponseSenderExtensions
{
    /// <summary>Sends 201 with a path of the created resource in Location.</summary>
    public static Task CreatedAsync<TResponse>(
        this IResponseSender send, string location, TResponse response, CancellationToken ct)
    {
        send.HttpContext.Response.Headers.Location = send.HttpContext.Request.PathBase + location;
        return send.HttpContext.Response.SendAsync(response, Status201Created, cancellation: ct);
    }
}
