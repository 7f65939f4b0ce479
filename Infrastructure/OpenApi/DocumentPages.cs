using System.Text;
using Microsoft.Extensions.FileProviders;
using NSwag.AspNetCore;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// Serves the document at <c>/openapi.json</c> and Swagger UI, which shows it, at <c>/docs</c>. The program of
/// Swagger UI is NSwag's; the page around it is ours, so that it has nothing to choose and no address bar.
/// </summary>
sealed class DocumentPages(RequestDelegate next, IServiceProvider services)
{
    const string Start = "/docs";
    const string DocumentAddress = "/openapi.json";

    /// <summary>The page runs its own scripts and no others; Swagger UI styles itself and draws its icons.</summary>
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
            context.Response.Redirect($"{context.Request.PathBase}{Start}");
        else if (IsOurs(context.Request.Path) && (await files.Value).TryGetValue(path, out var file))
            await file.SendAsync(context);
        else
            await next(context);
    }

    /// <summary>Whether it may be one of the files, which nobody else's request is to wait for.</summary>
    static bool IsOurs(PathString path) =>
        path.StartsWithSegments(Start) || path.StartsWithSegments(DocumentAddress);

    static async Task<Dictionary<string, PublicFile>> ReadAsync(IServiceProvider services)
    {
        var document = await ApiDocument.WriteAsync(services);
        var program = Files(typeof(SwaggerUiSettings), "NSwag.AspNetCore.SwaggerUi");
        var ours = Files(typeof(DocumentPages), "Bank.Infrastructure.OpenApi.Pages");
        var files = new Dictionary<string, PublicFile>(StringComparer.OrdinalIgnoreCase)
        {
            [DocumentAddress] = new(document, "application/json"),
            [$"{Start}/swagger-ui.css"] = new(Read(program, "swagger-ui.css"), "text/css"),
            [$"{Start}/swagger-ui-bundle.js"] = new(Read(program, "swagger-ui-bundle.js"), "text/javascript"),
            [$"{Start}/docs.css"] = new(Read(ours, "docs.css"), "text/css"),
            [$"{Start}/docs.js"] = new(Read(ours, "docs.js"), "text/javascript"),
            [$"{Start}/icon.svg"] = new(Read(ours, "icon.svg"), "image/svg+xml"),
        };

        var page = new StringBuilder(Encoding.UTF8.GetString(Read(ours, "index.html")));

        foreach (var (path, file) in files)
            page.Replace($"\"{path}\"", $"\"{path}?{file.Version}\"");

        files[Start] = files[$"{Start}/index.html"] =
            new PublicFile(Encoding.UTF8.GetBytes(page.ToString()), "text/html; charset=utf-8", Policy);

        return files;
    }

    static EmbeddedFileProvider Files(Type near, string folder) => new(near.Assembly, folder);

    static byte[] Read(EmbeddedFileProvider files, string name)
    {
        using var stream = files.GetFileInfo(name).CreateReadStream();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);

        return bytes.ToArray();
    }
}
