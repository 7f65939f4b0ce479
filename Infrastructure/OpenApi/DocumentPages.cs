using System.Text;
using Microsoft.Extensions.FileProviders;
using NSwag.AspNetCore;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// Serves the document at <c>/openapi.json</c> and Swagger UI at <c>/docs</c>. The scripts of Swagger UI are
/// NSwag's. The page is ours: NSwag's needs inline scripts, which the Content-Security-Policy forbids, and
/// has no versions in its links, so that browsers could not cache the files for good.
/// </summary>
sealed class DocumentPages(RequestDelegate next, IServiceProvider services)
{
    const string DocsPath = "/docs";
    const string DocumentPath = "/openapi.json";

    /// <summary>Only scripts of this origin. Swagger UI needs inline styles and icons as data URLs.</summary>
    const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    readonly Lazy<Task<Dictionary<string, PublicFile>>> files = new(() => ReadAsync(services));

    public Task InvokeAsync(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? ServeAsync(context)
            : next(context);

    async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimEnd('/');

        if (path is "")
            context.Response.Redirect($"{context.Request.PathBase}{DocsPath}");
        else if (MayBeFile(context.Request.Path) && (await files.Value).TryGetValue(path, out var file))
            await file.SendAsync(context);
        else
            await next(context);
    }

    /// <summary>Other requests need not wait for the files to be read.</summary>
    static bool MayBeFile(PathString path) =>
        path.StartsWithSegments(DocsPath) || path.StartsWithSegments(DocumentPath);

    static async Task<Dictionary<string, PublicFile>> ReadAsync(IServiceProvider services)
    {
        var document = await ApiDocument.WriteAsync(services);
        var scripts = Files(typeof(SwaggerUiSettings), "NSwag.AspNetCore.SwaggerUi");
        var pages = Files(typeof(DocumentPages), "Bank.Infrastructure.OpenApi.Pages");
        var files = new Dictionary<string, PublicFile>(StringComparer.OrdinalIgnoreCase)
        {
            [DocumentPath] = new(document, "application/json"),
            [$"{DocsPath}/swagger-ui.css"] = new(Read(scripts, "swagger-ui.css"), "text/css"),
            [$"{DocsPath}/swagger-ui-bundle.js"] = new(
                Read(scripts, "swagger-ui-bundle.js"), "text/javascript"),
            [$"{DocsPath}/docs.css"] = new(Read(pages, "docs.css"), "text/css"),
            [$"{DocsPath}/docs.js"] = new(Read(pages, "docs.js"), "text/javascript"),
            [$"{DocsPath}/icon.svg"] = new(Read(pages, "icon.svg"), "image/svg+xml"),
        };

        var page = new StringBuilder(Encoding.UTF8.GetString(Read(pages, "index.html")));

        foreach (var (path, file) in files)
            page.Replace($"\"{path}\"", $"\"{path}?{file.Version}\"");

        files[DocsPath] = files[$"{DocsPath}/index.html"] =
            new PublicFile(Encoding.UTF8.GetBytes(page.ToString()), "text/html; charset=utf-8", Policy);

        return files;
    }

    static EmbeddedFileProvider Files(Type type, string folder) => new(type.Assembly, folder);

    static byte[] Read(EmbeddedFileProvider files, string name)
    {
        using var stream = files.GetFileInfo(name).CreateReadStream();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);

        return bytes.ToArray();
    }
}
