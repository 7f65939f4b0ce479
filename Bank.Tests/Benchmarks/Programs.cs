namespace Bank.Benchmarks;

/// <summary>The programs that a benchmark starts, and the packages of Debian that have them.</summary>
static class Programs
{
    static readonly (string Program, string Package)[] All =
        [("wrk", "wrk"), ("pgbench", "postgresql-contrib"), ("h2load", "nghttp2-client")];

    /// <summary>How to install what is missing; null if all are there.</summary>
    public static string? Missing()
    {
        var missing = All.Where(one => !IsInstalled(one.Program)).ToList();

        return missing is [] ? null
            : $"Not installed: {string.Join(", ", missing.Select(one => one.Program))}. On Debian: apt-get "
                + $"install {string.Join(' ', missing.Select(one => one.Package))}";
    }

    static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
