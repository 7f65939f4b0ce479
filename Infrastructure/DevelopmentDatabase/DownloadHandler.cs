using System.Net;
using Bank.Infrastructure.Progress;

namespace Bank.Infrastructure.DevelopmentDatabase;

/// <summary>Shows how far the download of a large file has got.</summary>
/// <param name="progress">Shows it.</param>
/// <param name="announce">The text before the download, of the file's address and its size.</param>
sealed class DownloadHandler(ProgressLine progress, Func<Uri, long, string> announce) : DelegatingHandler(
    new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) })
{
    /// <summary>The size from which a file is large; checksums are not.</summary>
    const long Large = 100_000;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);

        if (response.IsSuccessStatusCode && response.Content.Headers.ContentLength is > Large and var length)
        {
            progress.Announce(announce(request.RequestUri!, length));
            response.Content = new Download(response.Content, length, progress);
        }

        return response;
    }

    sealed class Download : HttpContent
    {
        const int BufferSize = 128 * 1024;

        readonly HttpContent content;
        readonly long length;
        readonly ProgressLine progress;

        public Download(HttpContent content, long length, ProgressLine progress)
        {
            (this.content, this.length, this.progress) = (content, length, progress);

            foreach (var (name, values) in content.Headers)
                Headers.TryAddWithoutValidation(name, values);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await using var source = await content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[BufferSize];
            var done = 0L;

            while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                done += read;
                progress.Report($"Fetched {done / 1e6:F1} of {length / 1e6:F1} MB");
            }

            progress.End();
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                content.Dispose();

            base.Dispose(disposing);
        }
    }
}
