using System.Text.RegularExpressions;

namespace Bank.Tests.Harness;

/// <summary>
/// The layers of the product, from the top: a folder may use the folders on the floors below it. Folders that
/// share a floor do not use each other.
/// </summary>
static class Floors
{
    static readonly string[][] FromTheTop =
    [
        [""],
        ["Features", .. SourceTree.Directories("Features").Select(name => $"Features.{name}"), "Migrations"],
        ["Infrastructure.Hosting"],
        ["Infrastructure.DevelopmentDatabase", "Infrastructure.OpenApi", "Infrastructure.Telemetry"],
        ["Infrastructure.GroupCommit"],
        ["Infrastructure.Ledger", "Infrastructure.ApiKeys"],
        ["Infrastructure.Idempotency", "Infrastructure.Auth", "Infrastructure.Verification"],
        ["Infrastructure.Tokens"],
        ["Infrastructure.Http"],
        ["Infrastructure.Data"],
        ["Infrastructure.Connections"],
        ["Infrastructure.Problems", "Infrastructure.Configuration", "Infrastructure.Progress"],
    ];

    static readonly Dictionary<string, Regex> Names =
        Folders.Where(folder => folder.Length > 0).ToDictionary(folder => folder, NameOf);

    /// <summary>All folders; the folder of Program.cs has no name.</summary>
    public static IEnumerable<string> Folders => FromTheTop.SelectMany(floor => floor);

    /// <summary>The folder of a file, such as <c>Features.Users</c>.</summary>
    public static string FolderOf(string file) => Path.GetDirectoryName(file)!.Replace('/', '.');

    /// <summary>The other folders whose namespace or types a file names.</summary>
    public static IEnumerable<string> NamedBy(string file)
    {
        var source = SourceTree.Read(file);
        return Names.Where(name => name.Key != FolderOf(file) && name.Value.IsMatch(source))
            .Select(name => name.Key);
    }

    /// <summary>Whether a folder is on a lower floor than another.</summary>
    public static bool IsBelow(string folder, string other) => FloorOf(folder) > FloorOf(other);

    static int FloorOf(string folder)
    {
        var floor = Array.FindIndex(FromTheTop, floor => floor.Contains(folder));
        return floor >= 0 ? floor : throw new ArgumentException($"{folder} is on no floor.", nameof(folder));
    }

    /// <summary>
    /// How a source names a folder: in a using, or by a type's name after its namespace or the end of it. The
    /// features are in the namespace of the introduction and could name it without either.
    /// </summary>
    static Regex NameOf(string folder)
    {
        var types = typeof(Program).Assembly.GetTypes()
            .Where(type => !type.IsNested && type.Namespace == $"Bank.{folder}")
            .Select(type => type.Name.Split('`')[0]);
        var qualifier = folder == "Features" ? "" : $@"{folder.Split('.')[^1]}\.";

        return new Regex($@"\bBank\.{folder};|\b{qualifier}({string.Join('|', types)})\b");
    }
}
