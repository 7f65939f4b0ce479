using System.IO.Compression;
using System.Security.Cryptography;

namespace Bank.Infrastructure.OpenApi;

/// <summary>
/// A public file that is the same for everyone, kept in memory with its gzip form: ASP.NET's response
/// compression would compress it for every request. Browsers cache it and revalidate it by its ETag.
/// </summary>
sealed class PublicFile(byte[] content, string type, string? policy = null)
{
    readonly byte[] compressed = Compress(content);

    /// <summary>A hash of the content.</summary>
    public string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(content)[..8]);

    /// <summary>The same file with changed content.</summary>
    public PublicFile With(Func<byte[], byte[]> change) => new(change(content), type, policy);

    /// <summary>Sends the file, or 304 if the client has it.</summary>
    public async Task SendAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var tag = $"W/\"{Version}\"";
        response.Headers.ETag = tag;
        response.Headers.Vary = "Accept-Encoding";
        // A URL with the version never changes its content.
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

        var isCompressed = AcceptsGzip(request);
        var bytes = isCompressed ? compressed : content;
        response.ContentType = type;
        response.ContentLength = bytes.Length;

        if (isCompressed)
            response.Headers.ContentEncoding = "gzip";

        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    static bool AcceptsGzip(HttpRequest request) => request.GetTypedHeaders().AcceptEncoding
        .Any(encoding => encoding.Quality is not 0 && (encoding.Value == "gzip" || encoding.Value == "*"));

    static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();

        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(content);

        return compressed.ToArray();
    }
}
