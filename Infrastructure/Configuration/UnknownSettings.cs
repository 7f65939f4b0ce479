namespace Bank.Infrastructure.Configuration;

/// <summary>
/// Finds settings that nothing reads, because they are misspelt. Sections of the API are checked completely.
/// A section that the API shares with the framework, and everything else in the configuration, belongs to
/// others: there only a key that is almost one of the API's is an error. Every environment variable is in the
/// configuration.
/// </summary>
static class UnknownSettings
{
    /// <summary>More edits make it another word.</summary>
    const int MaxMisspelling = 2;

    /// <summary>The framework's own values in the sections that the API shares with it.</summary>
    static readonly string[] Shared = ["Logging:CaptureScopes", "Logging:IncludeScopes"];

    /// <summary>
    /// Variables that <c>docs/configuration.md</c> names, and one that is almost one of them.
    /// </summary>
    static readonly string[] Variables =
    [
        "ASPNETCORE_ENVIRONMENT", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS",
        "ASPNETCORE_HTTPS_PORT", "BANK_MAVEN_REPOSITORY", "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_METRICS_EXPORTER", "OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER", "OTEL_TRACES_SAMPLER",
    ];

    static readonly HashSet<string> SharedSections =
        new(["Logging", "Metrics"], StringComparer.OrdinalIgnoreCase);

    static readonly HashSet<string> OwnSections = new(
        KnownSettings.Own.Select(setting => SectionOf(setting.Key)).Except(SharedSections),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Every known key, with the one to suggest for it.</summary>
    static readonly Dictionary<string, string> Known = KnownSettings.All
        .Select(setting => KeyValuePair.Create(setting.Key, setting.Key))
        .Concat(KnownSettings.All.Where(setting => setting.FormerKey is not null)
            .Select(setting => KeyValuePair.Create(setting.FormerKey!, setting.Key)))
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>A line for each unknown key; none has a value, which could be a password.</summary>
    public static IEnumerable<string> Find(IConfiguration configuration) =>
        LeavesOf(configuration).Where(IsUnknown).Select(Describe);

    /// <summary>The keys that have a value, or nothing below them.</summary>
    public static IEnumerable<string> LeavesOf(IConfiguration configuration) =>
        configuration.GetChildren().SelectMany(section =>
            section.GetChildren().Any() ? LeavesOf(section) : [section.Path]);

    /// <summary>Whether a setting of the API has this key.</summary>
    public static bool IsKnown(string key) =>
        Known.ContainsKey(WithoutProvider(key)) || Known.ContainsKey($"{ParentOf(key)}:0")
        || KnownSettings.IsLevel(key);

    /// <summary>The error of an unknown key.</summary>
    public static string Describe(string key) => $"{key} is not a setting. Did you mean {Nearest(key)}?";

    static bool IsUnknown(string key)
    {
        if (IsKnown(key) || Shared.Contains(key, StringComparer.OrdinalIgnoreCase))
            return false;

        var section = SectionOf(key);

        return OwnSections.Contains(section) && section != key
            || SharedSections.Contains(section) && IsOfApiInShared(key)
            || IsMisspelt(key);
    }

    /// <summary>In a shared section the others have sections of their own, beside the console's.</summary>
    static bool IsOfApiInShared(string key) =>
        key.Count(character => character == ':') == 1
        || key.StartsWith("Logging:Console:", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a key that is not the API's is almost one of the API's: <c>Password:WorkFactor</c>, or
    /// <c>Passwords_WorkFactor</c> with one underscore.
    /// </summary>
    static bool IsMisspelt(string key) => key.Contains(':')
        ? Spelling.Distance(key, NearestKnown(key)) <= MaxMisspelling
        : Known.Keys.Any(known => Letters(known).Equals(Letters(key), StringComparison.OrdinalIgnoreCase))
            || !Variables.Contains(key, StringComparer.OrdinalIgnoreCase)
            && Spelling.Distance(key, Spelling.Nearest(key, Variables)) <= MaxMisspelling;

    static string Nearest(string key)
    {
        // A section that was set as if it were a value.
        var below = Known.Keys.FirstOrDefault(
            known => known.StartsWith($"{key}:", StringComparison.OrdinalIgnoreCase));

        if (below is not null)
            return below;

        var (setting, variable) = (NearestKnown(key), Spelling.Nearest(key, Variables));

        return Spelling.Distance(key, variable) < Spelling.Distance(key, setting) ? variable : Known[setting];
    }

    static string NearestKnown(string key) => Spelling.Nearest(key, Known.Keys);

    /// <summary>Azure sets the provider's name beside some connection strings.</summary>
    static string WithoutProvider(string key) =>
        key.EndsWith("_ProviderName", StringComparison.Ordinal) ? key[..^"_ProviderName".Length] : key;

    static string Letters(string key) => string.Concat(key.Where(char.IsAsciiLetterOrDigit));

    static string SectionOf(string key) => key.Split(':')[0];

    static string ParentOf(string key) => key.LastIndexOf(':') is >= 0 and var end ? key[..end] : key;
}
