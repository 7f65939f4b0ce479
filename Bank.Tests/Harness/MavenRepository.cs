using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using Bank.Infrastructure.DevelopmentDatabase;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bank.Tests.Harness;

/// <summary>
/// A local Maven repository that serves the PostgreSQL programs of this machine for every requested system
/// and version.
/// </summary>
sealed class MavenRepository : IAsyncDisposable
{
    readonly WebApplication server;
    readonly List<string> asked = [];

    MavenRepository(WebApplication server) => this.server = server;

    public string Address => server.Urls.Single();

    /// <summary>The requested files, in order.</summary>
    public string[] Asked
    {
        get
        {
            lock (asked)
                return [.. asked];
        }
    }

    /// <param name="jar">The content of every jar.</param>
    /// <param name="checksum">The SHA-256 that it reports; null for the correct one.</param>
    public static async Task<MavenRepository> StartAsync(byte[] jar, string? checksum = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var repository = new MavenRepository(builder.Build());
        repository.server.Run(context => repository.AnswerAsync(
            context, jar, checksum ?? Convert.ToHexStringLower(SHA256.HashData(jar))));
        await repository.server.StartAsync();

        return repository;
    }

    /// <summary>
    /// A jar like the published ones: an archive of the programs and their libraries. Every name of a library
    /// is a file of its own, since PgEmbed extracts neither symbolic nor hard links.
    /// </summary>
    public static async Task<byte[]> JarAsync()
    {
        var server = new FileInfo(Path.Combine(PostgresBinaries.Find()!, "postgres"));
        var programs = Path.GetDirectoryName(server.ResolveLinkTarget(returnFinalTarget: true)?.FullName
            ?? server.FullName)!;
        var archive = Path.GetTempFileName();
        string[] arguments =
        [
            "--create", "--dereference", "--hard-dereference", "--use-compress-program=xz -0",
            "--exclude=*/bitcode", "--exclude=*.a",
            $"--file={archive}", $"--directory={Path.GetDirectoryName(programs)}", "bin", "lib",
        ];
        using var tar = Process.Start("tar", arguments);
        await tar.WaitForExitAsync();
        using var jar = new MemoryStream();

        using (var zip = new ZipArchive(jar, ZipArchiveMode.Create, leaveOpen: true))
            await zip.CreateEntryFromFileAsync(archive, "postgres.txz", CompressionLevel.NoCompression);

        File.Delete(archive);
        return jar.ToArray();
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    Task AnswerAsync(HttpContext context, byte[] jar, string checksum)
    {
        var file = Path.GetFileName(context.Request.Path.Value)!;

        lock (asked)
            asked.Add(file);

        return file.EndsWith(".sha256", StringComparison.Ordinal) ? context.Response.WriteAsync(checksum)
            : file.EndsWith(".jar", StringComparison.Ordinal) ? SendAsync(context, jar)
            : Task.FromResult(context.Response.StatusCode = StatusCodes.Status404NotFound);
    }

    static Task SendAsync(HttpContext context, byte[] jar)
    {
        context.Response.ContentLength = jar.Length;
        return context.Response.Body.WriteAsync(jar).AsTask();
    }
}
