using System.Text.RegularExpressions;

namespace Bank.Tests.Harness;

/// <summary>
/// The floors of the product, from the top: a folder may use itself and the folders on the floors below it.
/// Folders on the same floor may not use each other.
/// </summary>
static partial class Floors
{
    static readonly string[][] FromTheTop =
    [
        [""],
        ["Features", .. SourceTree.Directories("Features").Select(name => $"Features.{name}"), "Migrations"],
        ["Infrastructure.Hosting"],
        ["Infrastructure.DevelopmentDatabase", "Infrastructure.OpenApi", "Infrastructure.Telemetry"],
        ["Infrastructure.GroupCommit"],
        ["Infrastructure.Ledger"],
        ["Infrastructure.Idempotency", "Infrastructure.Auth", "Infrastructure.Verification"],
        ["Infrastructure.Http"],
        ["Infrastructure.Data"],
        ["Infrastructure.Connections"],
        ["Infrastructure.Problems", "Infrastructure.Configuration"],
    ];

    /// <summary>All folders; the folder of Program.cs has an empty name.</summary>
    public static IEnumerable<string> Folders => FromTheTop.SelectMany(floor => floor);

    /// <summary>The folder of one of the product's types, such as <c>Features.Users</c>.</summary>
    public static string FolderOf(Type type) =>
        type.Namespace is { } name ? name["Bank".Length..].TrimStart('.') : "";

    /// <summary>The folders of the product that a type's code or its source mentions.</summary>
    public static IEnumerable<string> MentionedBy(Type type)
    {
        var folder = FolderOf(type);
        var source = SourceTree.Read(Path.Combine(folder.Replace('.', '/'), $"{type.Name.Split('`')[0]}.cs"));

        // A constant leaves no trace in the compiled code of its user, but its namespace does in the source.
        return TypeMentions.Of(type).Types.Where(IsOurs)
            .Select(FolderOf)
            .Concat(Namespace.Matches(source).Select(match => match.Groups["folder"].Value))
            .Where(mentioned => mentioned != folder)
            .Distinct();
    }

    /// <summary>Whether a folder is on a lower floor than another.</summary>
    public static bool IsBelow(string folder, string other) => FloorOf(folder) > FloorOf(other);

    /// <summary>
    /// Whether the type is in the source; types without a speakable name are the compiler's.
    /// </summary>
    static bool IsOurs(Type type) => type.Assembly == typeof(Program).Assembly
        && !(type.Namespace is null && type.ToString().Contains('<'));

    static int FloorOf(string folder)
    {
        var floor = Array.FindIndex(FromTheTop, floor => floor.Contains(folder));
        return floor >= 0 ? floor : throw new ArgumentException($"{folder} is on no floor.", nameof(folder));
    }

    [GeneratedRegex(@"\bBank\.(?<folder>Features\.\w+|Infrastructure\.\w+|Migrations)\b")]
    static partial Regex Namespace { get; }
}
