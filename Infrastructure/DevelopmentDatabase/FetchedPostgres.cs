using System.Globalization;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Progress;
using MysticMind.PostgresEmbed;

namespace Bank.Infrastructure.DevelopmentDatabase;

/// <summary>
/// Downloads the programs of a PostgreSQL server once per user, checks them against the published SHA-256,
/// and keeps them in the user's cache. For development and tests only: the published API does not contain the
/// package.
/// </summary>
/// <param name="repository">The Maven repository to download from.</param>
/// <param name="cache">The directory to keep the programs in.</param>
/// <param name="progress">Shows what is downloaded, its size, and how far it has got.</param>
sealed class FetchedPostgres(string repository, string cache, ProgressLine progress)
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

    /// <summary>The repository's host; its address may have a password.</summary>
    string Source => Uri.TryCreate(repository, UriKind.Absolute, out var address)
        ? address.GetComponents(UriComponents.HostAndPort, UriFormat.Unescaped)
        : repository;

    /// <summary>For this user, as the environment configures it.</summary>
    public static FetchedPostgres ForThisUser() => new(
        Environment.GetEnvironmentVariable(RepositoryVariable) ?? "https://repo1.maven.org/maven2",
        Path.Combine(CacheOfThisUser, "binaries"),
        ProgressLine.OnConsole());

    /// <summary>The directory of the programs, downloaded now or earlier.</summary>
    /// <exception cref="StartupException">The download failed; the message says why.</exception>
    public async Task<string> DirectoryAsync()
    {
        using var http = new HttpClient(new DownloadHandler(progress, Announcement))
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
            progress.End();
            return programs.PgBinDir;
        }
        catch (Exception failure)
            when (failure is PostgresEmbedException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{PostgresBinaries.Missing}\n(PostgreSQL {Version} was not fetched from {Source}: "
                + $"{failure.GetBaseException().Message}; {RepositoryVariable} names another Maven "
                + "repository)", failure);
        }
    }

    string Announcement(Uri source, long length) => string.Create(
        CultureInfo.InvariantCulture,
        $"No PostgreSQL here: fetching {Version} once, {length / 1e6:F1} MB, from {source.Host} to {cache}");
}
