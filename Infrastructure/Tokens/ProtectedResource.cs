using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Http;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Tokens;

/// <summary>
/// Says which authority issues the tokens, and with which scopes, so that a client can find out (RFC 9728):
/// at <c>/.well-known/oauth-protected-resource</c>, which every 401 names.
/// </summary>
static class ProtectedResource
{
    const string Path = "/.well-known/oauth-protected-resource";

    /// <summary>Checks the settings; where tokens are accepted, serves the metadata.</summary>
    /// <exception cref="StartupException">A setting cannot be used.</exception>
    public static WebApplication UseTokens(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<TokenOptions>();
        options.Check(mayUseHttp: app.Environment.IsDevelopment());

        if (options.AreAccepted)
        {
            app.UseMiddleware<TokenChallenges>();
            app.MapGet($"{Path}/{{**path}}", SendAsync).ExcludeFromDescription();
        }

        return app;
    }

    /// <summary>Where the client finds the metadata; null if the request names no host.</summary>
    public static string? AddressOf(HttpRequest request) => BaseOf(request) is { } root ? root + Path : null;

    /// <summary>
    /// A resource with a path has its metadata below the well-known path too (RFC 9728, section 3.1).
    /// </summary>
    static Task SendAsync(
        HttpContext context, string? path, TokenOptions options, Authority authority)
    {
        var resource = ResourceOf(options, context.Request);

        if (!string.IsNullOrEmpty(path)
            && (!Uri.TryCreate(resource, UriKind.Absolute, out var address)
                || address.AbsolutePath.Trim('/') != path.TrimEnd('/')))
            return context.WriteProblemAsync(Problem.NotFound, context.RequestAborted);

        return context.Response.WriteAsJsonAsync(
            new ProtectedResourceResponse(
                resource, [authority.Current?.Issuer ?? options.Authority],
                [options.Scope, options.ReadScope], ["header"], "Bank", $"{BaseOf(context.Request)}/docs"),
            context.RequestAborted);
    }

    /// <summary>
    /// The name of this API at the authority: the audience if that is an address, since clients ask the
    /// authority for it (RFC 8707); else the address that the request was sent to.
    /// </summary>
    static string ResourceOf(TokenOptions options, HttpRequest request) =>
        Uri.TryCreate(options.Audience, UriKind.Absolute, out var address)
        && address.Scheme is "https" or "http" ? options.Audience
        : BaseOf(request) ?? options.Audience;

    static string? BaseOf(HttpRequest request) => request.Host.HasValue
        ? $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}"
        : null;
}
