namespace Bank.Tests.Harness;

/// <summary>The source tree of the tests.</summary>
static class SourceTree
{
    /// <summary>The directory of Bank.sln.</summary>
    /// <exception cref="DirectoryNotFoundException">No sources above the test directory.</exception>
    public static string Root { get; } = Find();

    /// <summary>The C# files below directories, as paths from the root, without what a build makes.</summary>
    public static string[] Files(params string[] directories) =>
    [
        .. directories.SelectMany(directory => Directory.EnumerateFiles(
                Path.Combine(Root, directory), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The C# files of the product.</summary>
    public static string[] Product { get; } =
        ["Program.cs", .. Files("Features", "Infrastructure", "Migrations")];

    /// <summary>The names of the directories in a directory.</summary>
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
