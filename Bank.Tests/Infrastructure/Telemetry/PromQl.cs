using System.Text.RegularExpressions;

namespace Bank.Tests.Infrastructure.Telemetry;

/// <summary>Finds the names in a PromQL expression.</summary>
static partial class PromQl
{
    /// <summary>The names of the series: not labels, functions, keywords or numbers.</summary>
    public static IEnumerable<string> Metrics(string expression) =>
        Name.Matches(Grouping.Replace(Range.Replace(Selector.Replace(expression, ""), ""), ""))
            .Select(name => name.Value);

    /// <summary>The labels that series are selected or grouped by.</summary>
    public static IEnumerable<string> Labels(string expression) =>
        Selector.Matches(expression).SelectMany(selector => Label.Matches(selector.Value))
            .Concat(Grouping.Matches(expression)
                .SelectMany(grouping => Name.Matches(grouping.Groups["labels"].Value)))
            .Select(label => label.Value);

    [GeneratedRegex(@"\{[^}]*\}")]
    static partial Regex Selector { get; }

    [GeneratedRegex(@"\[[^\]]*\]")]
    static partial Regex Range { get; }

    [GeneratedRegex(@"\b(?:by|without|on|ignoring) *\((?<labels>[^)]*)\)")]
    static partial Regex Grouping { get; }

    [GeneratedRegex(@"\b[a-zA-Z_:][\w:]*\b(?! *\()")]
    static partial Regex Name { get; }

    [GeneratedRegex(@"[a-zA-Z_]\w*(?= *[=!])")]
    static partial Regex Label { get; }
}
