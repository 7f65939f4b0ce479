using System.Globalization;
using System.Text.RegularExpressions;

namespace Bank.Tests.Infrastructure.Telemetry;

/// <summary>The metrics of an API in the text format of Prometheus.</summary>
sealed partial class Scrape(string text)
{
    public string Text { get; } = text;

    /// <summary>The names of all series.</summary>
    public HashSet<string> Names => [.. Series.Matches(Text).Select(series => series.Groups["name"].Value)];

    /// <summary>The sum of the series with this name and all of these labels.</summary>
    public double Sum(string name, params string[] labels) => Series.Matches(Text)
        .Where(series => series.Groups["name"].Value == name
            && labels.All(label => series.Groups["labels"].Value.Contains(label)))
        .Sum(series => double.Parse(series.Groups["value"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(
        @"^(?<name>[a-zA-Z_:][\w:]*)(\{(?<labels>.*?)\})? (?<value>\S+)( \d+)?$", RegexOptions.Multiline)]
    static partial Regex Series { get; }
}
