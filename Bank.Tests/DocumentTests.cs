using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Bank.Infrastructure.Configuration;
using Bank.Tests.Harness;
using Microsoft.Extensions.Logging;

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
    public void Configuration_page_has_every_setting_with_its_default()
    {
        var documented = SettingRow.Matches(SourceTree.Read("docs/configuration.md"))
            .Where(row => row.Groups["default"].Value != "none")
            .ToDictionary(
                row => row.Groups["key"].Value, row => row.Groups["default"].Value.Replace(",", ""));
        var defaults = SettingTypes.SelectMany(Defaults).ToArray();
        defaults.Length.ShouldBeGreaterThan(25);

        defaults.Where(setting => documented.GetValueOrDefault(setting.Key) != setting.Value).ShouldBeEmpty();
    }

    [Fact]
    public void Configuration_page_has_every_key_and_no_other()
    {
        var documented = SettingRow.Matches(SourceTree.Read("docs/configuration.md"))
            .Select(row => row.Groups["key"].Value).ToArray();

        documented.Except(["Logging:Console:FormatterName"])
            .ShouldBe(KnownSettings.Own.Select(setting => setting.Key), ignoreOrder: true);
    }

    [Fact]
    public void Configuration_page_has_the_range_and_former_key_of_each_setting()
    {
        var rows = SettingRow.Matches(SourceTree.Read("docs/configuration.md"))
            .ToDictionary(row => row.Groups["key"].Value, row => row.Groups["rest"].Value);

        // 0 is unlimited in the section of limits, and so is the upper bound.
        foreach (var (key, _, range, former, _) in KnownSettings.Own)
        {
            if (range is not null && !Equals(range.Maximum, int.MaxValue))
                rows[key].ShouldContain(
                    $" {Written(range.Minimum)} to {Written(range.Maximum)} ", customMessage: key);

            if (former is not null)
                rows[key].ShouldContain($"Formerly `{former.Split(':')[1]}`.", customMessage: key);
        }
    }

    [Fact]
    public void Event_table_has_the_number_and_level_of_every_log_event()
    {
        var documented = EventRow.Matches(SourceTree.Read("docs/running.md"))
            .SelectMany(
                row => row.Groups["ids"].Value.Split(", "), (row, id) => $"{id} {row.Groups["level"]}");
        var events = typeof(Program).Assembly.GetTypes()
            .SelectMany(type => type.GetRuntimeMethods().Where(method => method.DeclaringType == type))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>().ToArray();
        events.Length.ShouldBeGreaterThan(20);

        // The level of a problem depends on its status.
        events.Select(log => $"{log.EventId} {(log.EventId == 13 ? "Information, Debug" : log.Level)}")
            .ShouldBe(documented, ignoreOrder: true);
    }

    [Fact]
    public void Documents_name_only_settings_that_exist()
    {
        var sections = string.Join(
            '|', KnownSettings.Own.Select(setting => setting.Key.Split(':')[0]).Distinct());
        var name = new Regex($@"\b(?<key>({sections})(__|:)[A-Z0-9]\w*)");
        string[] files = [.. Documents, "compose.yaml", "docs/kubernetes/bank.yaml", "Dockerfile"];
        var named = files.SelectMany(file => name.Matches(SourceTree.Read(file)))
            .Select(match => match.Groups["key"].Value.Replace("__", ":")).Distinct().ToArray();
        named.Length.ShouldBeGreaterThan(30);

        named.Where(key => !UnknownSettings.IsKnown(key))
            .Except(["Cors:Origins", "Logging:Console", "Logging:LogLevel", "Webhooks:AllowedNetworks"])
            .ShouldBeEmpty();
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

    static IEnumerable<Type> SettingTypes => typeof(Program).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<SectionAttribute>()?.Keys.Count == 0);

    static IEnumerable<KeyValuePair<string, string>> Defaults(Type type)
    {
        var section = type.GetCustomAttribute<SectionAttribute>()!.Name;
        var defaults = Activator.CreateInstance(type)!;

        return type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.CanWrite && property.GetValue(defaults) is not (null or Array or ""))
            .Select(property => KeyValuePair.Create(
                $"{section}:{property.Name}", DefaultOf(property.GetValue(defaults)!)));
    }

    static string DefaultOf(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string[] { Length: 0 } => "none",
        TimeSpan { Milliseconds: > 0 } time =>
            time.ToString(@"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>A bound as the page writes it, such as "1 h" or "10,000".</summary>
    static string Written(object bound) =>
        TimeSpan.TryParse(bound as string, CultureInfo.InvariantCulture, out var time) ? Written(time)
        : bound is TimeSpan converted ? Written(converted)
        : Convert.ToInt64(bound, CultureInfo.InvariantCulture) is var number and >= 10_000
            ? number.ToString("N0", CultureInfo.InvariantCulture)
        : $"{bound}";

    static string Written(TimeSpan time) => time switch
    {
        { Ticks: 0 } => "0",
        { TotalDays: >= 2 } => $"{time.TotalDays} days",
        { TotalDays: >= 1 } => $"{time.TotalDays} day",
        { TotalHours: >= 1 } => $"{time.TotalHours} h",
        { TotalMinutes: >= 1 } => $"{time.TotalMinutes} min",
        { TotalSeconds: >= 1 } => $"{time.TotalSeconds} s",
        _ => $"{time.TotalMilliseconds} ms",
    };

    [GeneratedRegex(@"\]\((?!https?:)(?<path>[^)#\s]*)(?:#(?<heading>[^)\s]+))?\)")]
    static partial Regex Link { get; }

    [GeneratedRegex(@"[`.](?<name>[A-Z]\w+Tests)\b")]
    static partial Regex TestClass { get; }

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    static partial Regex Heading { get; }

    [GeneratedRegex(@"[^\w\- ]")]
    static partial Regex Punctuation { get; }

    [GeneratedRegex(
        @"^\| (?<ids>\d[\d, ]*)(?: `\w+`)? \| (?<level>[A-Z][\w, ]+) \|", RegexOptions.Multiline)]
    static partial Regex EventRow { get; }

    /// <summary>A row of the configuration page; only a list has several keys in one.</summary>
    [GeneratedRegex(
        @"^\| `(?<key>\w+:[\w:]+)`[^|]* \| `?(?<default>[\w:.,+]+)(?<rest>.*)", RegexOptions.Multiline)]
    static partial Regex SettingRow { get; }
}
