using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Bank.Tests.Harness;

namespace Bank.Tests;

/// <summary>A sentence in a document is a promise: these compare what can be compared.</summary>
public sealed partial class DocumentTests
{
    static readonly string[] Documents =
    [
        "README.md", "CONTRIBUTING.md", "Bank.Tests/Benchmarks/README.md", "Bank.Tests/Security/README.md",
        .. Directory.EnumerateFiles(
                Path.Combine(SourceTree.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(SourceTree.Root, file)),
    ];

    [Fact]
    public void Document_links_lead_to_existing_files_and_headings()
    {
        var links = Documents.SelectMany(
                document => Link.Matches(SourceTree.Read(document)),
                (document, link) => (document, link.Groups["path"].Value, link.Groups["heading"].Value))
            .ToArray();
        links.Length.ShouldBeGreaterThan(50);

        links.Where(link => !LeadsSomewhere(link.document, link.Item2, link.Item3)).ShouldBeEmpty();
    }

    [Fact]
    public void Tests_named_as_evidence_exist()
    {
        string[] documents = ["docs/running.md", "Bank.Tests/Security/README.md"];
        var named = documents.SelectMany(document => TestClass.Matches(SourceTree.Read(document)))
            .Select(match => match.Groups["name"].Value).Distinct().ToArray();
        named.Length.ShouldBeGreaterThan(40);

        named.Except(typeof(DocumentTests).Assembly.GetTypes().Select(type => type.Name)).ShouldBeEmpty();
    }

    [Fact]
    public void README_has_fewer_than_150_lines() =>
        SourceTree.Read("README.md").TrimEnd().Split('\n').Length.ShouldBeLessThan(150);

    [Fact]
    public void Configuration_page_has_every_setting_and_its_default()
    {
        var documented = Setting.Matches(SourceTree.Read("docs/configuration.md"))
            .ToDictionary(
                row => row.Groups["key"].Value, row => row.Groups["default"].Value.Replace(",", ""));
        var settings = SourceTree.Files("Features", "Infrastructure")
            .SelectMany(file => Section.Matches(SourceTree.Read(file)))
            .SelectMany(section => Settings(section.Groups["type"].Value, section.Groups["section"].Value))
            .ToArray();
        settings.Length.ShouldBeGreaterThan(25);

        settings.Where(setting => documented.GetValueOrDefault(setting.Key) != setting.Value).ShouldBeEmpty();
    }

    static bool LeadsSomewhere(string document, string path, string heading)
    {
        var target = path.Length == 0 ? document
            : Path.GetRelativePath(SourceTree.Root, Path.Combine(
                SourceTree.Root, Path.GetDirectoryName(document)!, path));

        return Path.Exists(Path.Combine(SourceTree.Root, target))
            && (heading.Length == 0 || Heading.Matches(SourceTree.Read(target))
                .Any(line => AnchorOf(line.Groups["text"].Value) == heading));
    }

    /// <summary>As GitHub makes it of a heading.</summary>
    static string AnchorOf(string heading) =>
        Punctuation.Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    static IEnumerable<KeyValuePair<string, string>> Settings(string typeName, string section)
    {
        var type = typeof(Program).Assembly.GetTypes().Single(type => type.Name == typeName);
        var defaults = Activator.CreateInstance(type)!;

        return type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.CanWrite)
            .Select(property => KeyValuePair.Create(
                $"{section}:{property.Name}", Written(property.GetValue(defaults)!)));
    }

    static string Written(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan { Milliseconds: > 0 } time =>
            time.ToString(@"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex(@"\]\((?!https?:)(?<path>[^)#\s]*)(?:#(?<heading>[^)\s]+))?\)")]
    static partial Regex Link { get; }

    [GeneratedRegex(@"[`.](?<name>[A-Z]\w+Tests)\b")]
    static partial Regex TestClass { get; }

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    static partial Regex Heading { get; }

    [GeneratedRegex(@"[^\w\- ]")]
    static partial Regex Punctuation { get; }

    [GeneratedRegex(@"^\| `(?<key>\w+:\w+)` \| `?(?<default>[\w:.,]+)", RegexOptions.Multiline)]
    static partial Regex Setting { get; }

    [GeneratedRegex(@"AddSettings<(?<type>\w+)>\(""(?<section>\w+)""\)")]
    static partial Regex Section { get; }
}
