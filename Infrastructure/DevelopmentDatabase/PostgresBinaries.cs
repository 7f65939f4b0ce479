using Bank.Infrastructure.Configuration;

namespace Bank.Infrastructure.DevelopmentDatabase;

/// <summary>Finds the programs of a PostgreSQL server.</summary>
static class PostgresBinaries
{
    /// <summary>The start-up error without them, in two lines.</summary>
    public const string Missing =
        """
        Bank needs a PostgreSQL: set ConnectionStrings__Bank to one (Host=…;Database=…;Username=…;Password=…),
        install it (Debian: apt-get install postgresql; macOS: brew install postgresql), or: docker compose up
        """;

    static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    static readonly string Extension = OperatingSystem.IsWindows() ? ".exe" : "";

    static readonly string[] UsualDirectories =
    [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql*/bin",
        "/usr/local/opt/postgresql*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
        "/usr/local/pgsql/bin",
        "C:/Program Files/PostgreSQL/*/bin",
    ];

    /// <summary>The directory of the installed programs, or of downloaded ones.</summary>
    /// <exception cref="StartupException">There are none; the message says what to do.</exception>
    public static async Task<string> FindOrFetchAsync() => Find() ?? await FetchAsync();

    /// <summary>
    /// The directory in PATH, or else the usual one of the newest version; null without any.
    /// </summary>
    public static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(UsualDirectories.SelectMany(Expand))
            .FirstOrDefault(HasServer);

    static async Task<string> FetchAsync()
    {
        try
        {
            return await FetchedPostgres.ForThisUser().DirectoryAsync();
        }
        catch (FileNotFoundException missingPackage)
        {
            // The published API does not contain the package that downloads.
            throw new StartupException(Missing, missingPackage);
        }
    }

    static bool HasServer(string directory) =>
        directory.Length > 0
        && Programs.All(program => File.Exists(Path.Combine(directory, program + Extension)));

    /// <summary>The directories that match a pattern with one star, the newest version first.</summary>
    static IEnumerable<string> Expand(string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);

        if (star < 0)
            return [pattern];

        var parent = pattern[..pattern.LastIndexOf('/', star)];
        var name = pattern[(parent.Length + 1)..].Split('/')[0];
        var rest = pattern[(parent.Length + 1 + name.Length + 1)..];

        return !Directory.Exists(parent) ? [] : Directory.GetDirectories(parent, name)
            .OrderByDescending(VersionOf)
            .Select(directory => Path.Combine(directory, rest));
    }

    static Version VersionOf(string directory)
    {
        var digits = new string(Path.GetFileName(directory)
            .SkipWhile(character => !char.IsDigit(character))
            .TakeWhile(character => char.IsDigit(character) || character == '.')
            .ToArray());

        // The parser needs at least two numbers.
        return Version.TryParse($"{digits.TrimEnd('.')}.0", out var version) ? version : new Version(0, 0);
    }
}
