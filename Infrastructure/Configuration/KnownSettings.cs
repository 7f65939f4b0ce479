using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Logging.Console;

namespace Bank.Infrastructure.Configuration;

/// <summary>
/// Every setting that the API reads, found by the <see cref="SectionAttribute"/> of the classes that read it,
/// and those of the console's log.
/// </summary>
static class KnownSettings
{
    const string Console = "Logging:Console";
    const string Formatter = $"{Console}:FormatterName";

    /// <summary>The settings of the API itself.</summary>
    public static IReadOnlyList<Setting> Own { get; } =
    [
        .. typeof(KnownSettings).Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(SectionAttribute)))
            .SelectMany(type => Of(type, type.GetCustomAttribute<SectionAttribute>()!))
            .OrderBy(setting => setting.Key, StringComparer.Ordinal),
    ];

    /// <summary>
    /// The framework's settings of the log on the console. It ignores one that is misspelt, and falls back to
    /// its own format if there is none of the configured name.
    /// </summary>
    public static IReadOnlyList<Setting> OfLog { get; } =
    [
        LevelOf("Logging:LogLevel:Default"),
        .. Of(typeof(ConsoleLoggerOptions), Console).Where(setting => setting.Key != Formatter),
        new(Formatter, typeof(string), Words:
            [ConsoleFormatterNames.Simple, ConsoleFormatterNames.Json, ConsoleFormatterNames.Systemd]),
        .. new[] { typeof(SimpleConsoleFormatterOptions), typeof(JsonConsoleFormatterOptions) }
            .SelectMany(type => Of(type, $"{Console}:FormatterOptions"))
            .DistinctBy(setting => setting.Key),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Own, .. OfLog];

    /// <summary>The level of a category; the framework fails on one that it does not know.</summary>
    public static Setting LevelOf(string key) => new(key, typeof(LogLevel));

    /// <summary>Whether a key is the level of a category, of all providers or of one.</summary>
    public static bool IsLevel(string key) =>
        key.ToUpperInvariant().Split(':') is ["LOGGING", "LOGLEVEL", _] or ["LOGGING", _, "LOGLEVEL", _];

    static IEnumerable<Setting> Of(Type type, SectionAttribute section) => section.Keys.Count == 0
        ? Of(type, section.Name)
        : section.Keys.Select(key => new Setting($"{section.Name}:{key}".TrimStart(':'), typeof(string)));

    static IEnumerable<Setting> Of(Type type, string section) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .SelectMany(property => Of(property, section));

    static IEnumerable<Setting> Of(PropertyInfo property, string section)
    {
        var (key, type) = ($"{section}:{property.Name}", property.PropertyType);

        if (type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)))
            return [new($"{key}:0", typeof(string))];

        if (!TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)))
            return Of(type, key);

        var range = property.GetCustomAttribute<RangeAttribute>();
        var former = property.GetCustomAttribute<FormerKeyAttribute>();
        var words = property.GetCustomAttribute<AllowedValuesAttribute>()?.Values.OfType<string>().ToArray();

        return !property.CanWrite ? []
            : [new Setting(key, type, range, former is null ? null : $"{section}:{former.Key}", words)
            {
                MinLength = property.GetCustomAttribute<MinLengthAttribute>()?.Length ?? 0,
            }];
    }
}
