namespace Bank.Tests.Harness;

/// <summary>The source tree of the tests.</summary>
static class SourceTree
{
    /// <summary>The directory of Bank.sln.</summary>
    /// <exception cref="DirectoryNotFoundException">No sources above the test directory.</exception>
    public static string Root { get; } = Find();

    /// <summary>The product's C# files below a directory, as paths from the root.</summary>
    public static string[] Files(params string[] directories) =>
    [
        .. directories.SelectMany(directory => Directory.EnumerateFiles(
                Path.Combine(Root, directory), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The names of the subdirectories.</summary>
    public static string[] Directories(string directory) =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(Root, directory))
            .Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a file.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    static string Find()
    {
        var directory = AppContext.BaseDirectory;

        while (!File.Exists(Path.Combine(directory, "Bank.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException(
                $"There is no Bank.sln above {AppContext.BaseDirectory}: these tests read the sources.");

        return directory;
    }
}
