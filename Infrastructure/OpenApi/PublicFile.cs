using System.IO.Compression;
using System.Security.Cryptography;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// What is public and the same for everyone, kept with its compressed form, so that nobody's request costs
/// more than writing it. A browser keeps it too and asks whether it is still the same.
/// </summary>
sealed class PublicFile(byte[] content, string type, string? policy = null)
{
    readonly byte[] compressed = Compress(content);

    /// <summary>Changes whenever the content does.</summary>
    public string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(content)[..8]);

    /// <summary>Answers with it, or with a 304 to whoever has it.</summary>
    public async Task SendAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var tag = $"W/\"{Version}\"";
        response.Headers.ETag = tag;
        response.Headers.Vary = "Accept-Encoding";
        // Whoever asked by its version never needs to ask again.
        response.Headers.CacheControl = request.QueryString.Value == $"?{Version}"
            ? "public, max-age=31536000, immutable"
            : "no-cache";

        if (policy is not null)
            response.Headers.ContentSecurityPolicy = policy;

        if (request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
        {
            response.StatusCode = Status304NotModified;
            return;
        }

        var isCompressed = TakesGzip(request);
        var bytes = isCompressed ? compressed : content;
        response.ContentType = type;
        response.ContentLength = bytes.Length;

        if (isCompressed)
            response.Headers.ContentEncoding = "gzip";

        if (HttpMethods.IsGet(request.Method))
            await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    static bool TakesGzip(HttpRequest request) => request.GetTypedHeaders().AcceptEncoding
        .Any(encoding => encoding.Quality is not 0 && (encoding.Value == "gzip" || encoding.Value == "*"));

    static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();

        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(content);

        return compressed.ToArray();
    }
}
