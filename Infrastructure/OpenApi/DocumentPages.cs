using System.Text;
using Bank.Infrastructure.Http;
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

    /// <summary>The document for the path under which a proxy last served it.</summary>
    volatile Tuple<PathString, PublicFile>? latest;

    public Task InvokeAsync(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) ? ServeAsync(context) : next(context);

    async Task ServeAsync(HttpContext context)
    {
        var (pathBase, path) = (context.Request.PathBase, context.Request.Path.Value ?? "");

        if (path.TrimEnd('/') is "")
        {
            context.Response.Redirect($"{pathBase}{DocsPath}");
            return;
        }

        if (MayBeFile(context.Request.Path))
        {
            // The first request waits for the document, which a busy machine may not write in time.
            context.DisableTimeout();

            if (await FindAsync(path, pathBase) is { } file)
            {
                await file.SendAsync(context);
                return;
            }
        }

        await next(context);
    }

    /// <summary>Other requests need not wait for the files to be read.</summary>
    static bool MayBeFile(PathString path) =>
        path.StartsWithSegments(DocsPath) || path.StartsWithSegments(DocumentPath);

    async Task<PublicFile?> FindAsync(string path, PathString pathBase)
    {
        var all = await files.Value;
        var file = all.GetValueOrDefault(path) ?? all.GetValueOrDefault(path.TrimEnd('/'));

        return file == all[DocumentPath] && pathBase.HasValue ? Under(pathBase, file) : file;
    }

    PublicFile Under(PathString pathBase, PublicFile document)
    {
        if (latest is not { } known || known.Item1 != pathBase)
            latest = known = Tuple.Create(
                pathBase, document.With(content => ApiDocument.WithPathBase(content, pathBase)));

        return known.Item2;
    }

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

        // Relative links lead to the same files under every path at which a proxy serves the API.
        files[DocsPath] = Page(page.ToString().Replace("\"/", "\"", StringComparison.Ordinal));
        files[$"{DocsPath}/"] = files[$"{DocsPath}/index.html"] =
            Page(page.ToString().Replace("\"/", "\"../", StringComparison.Ordinal));

        return files;
    }

    static PublicFile Page(string html) =>
        new(Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8", Policy);

    static EmbeddedFileProvider Files(Type type, string folder) => new(type.Assembly, folder);

    static byte[] Read(EmbeddedFileProvider files, string name)
    {
        using var stream = files.GetFileInfo(name).CreateReadStream();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);

        return bytes.ToArray();
    }
}
