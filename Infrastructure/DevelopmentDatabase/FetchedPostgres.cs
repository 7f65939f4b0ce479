using System.Globalization;
using Bank.Infrastructure.Configuration;
using MysticMind.PostgresEmbed;

namespace Bank.Infrastructure.DevelopmentDatabase;

/// <summary>
/// Downloads the programs of a PostgreSQL server once per user, checks them against the published SHA-256,
/// and keeps them in the user's cache. For development and tests only: the published API does not contain the
/// package.
/// </summary>
/// <param name="repository">The Maven repository to download from.</param>
/// <param name="cache">The directory to keep the programs in.</param>
/// <param name="print">Prints what is downloaded, and its size.</param>
sealed class FetchedPostgres(string repository, string cache, Action<string> print)
{
    /// <summary>The version in the repository's spelling; the ledger supports it.</summary>
    public const string Version = "18.4.0";

    /// <summary>Names a mirror of Maven Central.</summary>
    const string RepositoryVariable = "BANK_MAVEN_REPOSITORY";

    /// <summary>The user that runs root's server could not read root's own cache.</summary>
    static string CacheOfThisUser =>
        Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() && !PgCache.IsConfigured
            ? "/var/cache/pgembed"
            : PgCache.DefaultDirectory;

    /// <summary>For this user, as the environment configures it.</summary>
    public static FetchedPostgres ForThisUser() => new(
        Environment.GetEnvironmentVariable(RepositoryVariable) ?? "https://repo1.maven.org/maven2",
        Path.Combine(CacheOfThisUser, "binaries"),
        Console.Error.WriteLine);

    /// <summary>The directory of the programs, downloaded now or earlier.</summary>
    /// <exception cref="StartupException">The download failed; the message says why.</exception>
    public async Task<string> DirectoryAsync()
    {
        using var http = new HttpClient(new SizeHandler(PrintDownload))
        {
            Timeout = TimeSpan.FromMinutes(10),
        };
        var programs = new PgServer(new PgServerOptions
        {
            PgVersion = Version,
            MavenRepo = repository,
            BinariesDir = cache,
            DownloadRetryCount = 1,
            HttpClient = http,
        });

        try
        {
            await programs.InstallAsync();
            return programs.PgBinDir;
        }
        catch (Exception failure)
            when (failure is PostgresEmbedException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{PostgresBinaries.Missing}\n(PostgreSQL {Version} was not fetched: "
                + $"{failure.GetBaseException().Message})", failure);
        }
    }

    void PrintDownload(Uri source, long length) => print(string.Create(
        CultureInfo.InvariantCulture,
        $"No PostgreSQL here: fetching {Version} once, {length / 1e6:F1} MB, from {source.Host} to {cache}"));

    /// <summary>Reports the size of a large response before its body is read.</summary>
    sealed class SizeHandler(Action<Uri, long> report) : DelegatingHandler(
        new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        const long Large = 100_000;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);

            if (response.IsSuccessStatusCode
                && response.Content.Headers.ContentLength is > Large and var length)
                report(request.RequestUri!, length);

            return response;
        }
    }
}
