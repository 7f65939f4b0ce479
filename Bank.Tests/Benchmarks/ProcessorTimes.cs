using System.Globalization;

namespace Bank.Benchmarks;

/// <summary>How long processes ran so far, as Linux counts it.</summary>
static class ProcessorTimes
{
    const double TicksPerSecond = 100;

    /// <summary>A process alone.</summary>
    public static TimeSpan Of(int process) => Sum(Stat(process)[11..13]);

    /// <summary>A process and its children, also those that ended.</summary>
    public static TimeSpan OfFamily(int parent)
    {
        var time = Sum(Stat(parent)[11..15]);

        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var process) && TryParent(process) == parent)
                time += Of(process);
        }

        return time;
    }

    static int? TryParent(int process)
    {
        try
        {
            return int.Parse(Stat(process)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }
    }

    /// <summary>The fields of /proc/*/stat from the third, which is the state, on.</summary>
    static string[] Stat(int process) => File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');

    static TimeSpan Sum(string[] ticks) => TimeSpan.FromSeconds(
        ticks.Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond);
}
