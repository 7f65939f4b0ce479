using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Refuses a change that a browser sends for a page of another origin (CSRF). Browsers remember HTTP Basic
/// and send it with such requests. They state the page's origin in <c>Origin</c> and its relation to the API
/// in <c>Sec-Fetch-Site</c> (W3C Fetch Metadata), which no page can forge; clients that send neither header
/// are no browsers. A page of another port or subdomain is as foreign as one of another site.
/// </summary>
sealed class CrossSiteRequests(RequestDelegate next, HashSet<string> origins)
{
    const string Setting = "Cors:Origins";

    /// <summary>How long a browser may keep the answer to a preflight.</summary>
    static readonly TimeSpan PreflightMaxAge = TimeSpan.FromMinutes(10);

    /// <summary>The response headers of the contract, which scripts could not read otherwise.</summary>
    static readonly string[] ExposedHeaders =
    [
        "Content-Disposition", "Idempotent-Replayed", "Link", "Location", Paging.CursorHeader, "Retry-After",
        "WWW-Authenticate",
    ];

    public Task InvokeAsync(HttpContext context) =>
        IsSafe(context.Request.Method) || IsOwn(context.Request)
            ? next(context)
            : context.WriteProblemAsync(Problem.CrossSiteRequest, context.RequestAborted);

    /// <summary>
    /// The setting <c>Cors:Origins</c> lists origins whose pages may use the API as its own pages do, such as
    /// <c>https://app.example.com</c>.
    /// </summary>
    /// <exception cref="StartupException">An entry is not an origin.</exception>
    public static void Use(WebApplication app)
    {
        var entries = app.Services.GetRequiredService<CrossOriginOptions>().Origins;
        HashSet<string> origins = [.. entries.Select((entry, index) => Parse(entry, index))];

        if (origins.Count > 0)
            app.UseCors(cors => cors.WithOrigins([.. origins]).AllowAnyMethod().AllowAnyHeader()
                .AllowCredentials().WithExposedHeaders(ExposedHeaders).SetPreflightMaxAge(PreflightMaxAge));

        app.UseMiddleware<CrossSiteRequests>(origins);
    }

    /// <summary>The origin in the form in which browsers send it.</summary>
    static string Parse(string entry, int index) =>
        Uri.TryCreate(entry, UriKind.Absolute, out var uri)
            && uri is { Host.Length: > 0, PathAndQuery: "" or "/", Fragment: "", UserInfo: "" }
            && !uri.Host.Contains('*', StringComparison.Ordinal)
            ? uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)
                .Replace(uri.DnsSafeHost, uri.IdnHost, StringComparison.OrdinalIgnoreCase)
            : throw new StartupException(
                $"{Setting}:{index} is not an origin such as https://app.example.com: '{entry}'.");

    /// <summary>Whether the method only reads (RFC 9110, section 9.2.1).</summary>
    static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
        || HttpMethods.IsTrace(method);

    bool IsOwn(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        var site = request.Headers["Sec-Fetch-Site"];

        return (origin is [{ } named] && origins.Contains(named))
            || (site is [] or ["same-origin" or "none"]
                && (origin.Count == 0 || (origin is [{ } own] && IsSameOrigin(own, request))));
    }

    /// <summary>
    /// Whether the origin is the address of the request. Behind a proxy that ends TLS and is not named, the
    /// API sees HTTP where the browser sees HTTPS; the other way round the origin is foreign.
    /// </summary>
    static bool IsSameOrigin(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && (page.Scheme == Uri.UriSchemeHttps || (page.Scheme == Uri.UriSchemeHttp && !request.IsHttps))
        && Uri.TryCreate($"{page.Scheme}://{request.Host.Value}", UriKind.Absolute, out var api)
        && Uri.Compare(
            page, api, UriComponents.SchemeAndServer, UriFormat.UriEscaped,
            StringComparison.OrdinalIgnoreCase) == 0;
}
