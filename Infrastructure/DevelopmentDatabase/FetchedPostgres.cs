using System.Globalization;
using Bank.Infrastructure.Configuration;
using MysticMind.PostgresEmbed;

namespace Bank.Infrastructure.DevelopmentDatabase;

/// <summary>
/// The programs of a PostgreSQL server for a machine that has none: fetched once for each user, compared with
/// the SHA-256 that stands beside them, and kept in the user's cache. For development and tests only: what is
/// published leaves out the package that does it.
/// </summary>
/// <param name="repository">The Maven repository that has them.</param>
/// <param name="cache">The directory to keep them in.</param>
/// <param name="say">Is told what is fetched, and how much.</param>
sealed class FetchedPostgres(string repository, string cache, Action<string> say)
{
    /// <summary>The version, as the repository writes it: newer than those that the ledger refuses.</summary>
    public const string Version = "18.4.0";

    /// <summary>Says where else than from Maven Central they come.</summary>
    const string RepositoryVariable = "BANK_MAVEN_REPOSITORY";

    /// <summary>Root's own cache would be out of reach for the user as whom its server runs.</summary>
    static string CacheOfThisUser =>
        Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() && !PgCache.IsConfigured
            ? "/var/cache/pgembed"
            : PgCache.DefaultDirectory;

    /// <summary>For this user, as the environment has it.</summary>
    public static FetchedPostgres ForThisUser() => new(
        Environment.GetEnvironmentVariable(RepositoryVariable) ?? "https://repo1.maven.org/maven2",
        Path.Combine(CacheOfThisUser, "binaries"),
        Console.Error.WriteLine);

    /// <summary>The directory of the programs, fetched now or before.</summary>
    /// <exception cref="StartupException">They cannot be fetched; the message says why.</exception>
    public async Task<string> DirectoryAsync()
    {
        using var http = new HttpClient(new Announced(this)) { Timeout = TimeSpan.FromMinutes(10) };
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
        catch (Exception failed)
            when (failed is PostgresEmbedException or IOException or UnauthorizedAccessException)
        {
            var reason = failed.GetBaseException().Message;
            throw new StartupException(
                $"{PostgresBinaries.Missing}\n(PostgreSQL {Version} was not fetched: {reason})", failed);
        }
    }

    /// <summary>Announces what is large enough to be waited for.</summary>
    sealed class Announced(FetchedPostgres programs) : DelegatingHandler(
        new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        const long Large = 100_000;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);

            if (response.IsSuccessStatusCode
                && response.Content.Headers.ContentLength is > Large and var length)
                programs.Announce(request.RequestUri!, length);

            return response;
        }
    }

    void Announce(Uri source, long length) => say(string.Create(
        CultureInfo.InvariantCulture,
        $"No PostgreSQL here: fetching {Version} once, {length / 1e6:F1} MB, from {source.Host} to {cache}"));
}
