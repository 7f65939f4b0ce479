using System.Globalization;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;

namespace Bank.Infrastructure.Http;

/// <summary>
/// How many connections the API accepts. Each takes a file descriptor, and a process without a free one can
/// neither read a file nor resolve a name nor reach the database. So on Linux the number follows the limit of
/// open files (RLIMIT_NOFILE), less what the process itself needs.
/// </summary>
sealed class ConnectionLimit
{
    /// <summary>The number where the limit of open files allows more.</summary>
    const int Ceiling = 20_000;

    /// <summary>With fewer connections the API does not start.</summary>
    const int Floor = 50;

    /// <summary>
    /// For what opens later: assemblies, name lookups, certificates, telemetry and scrapes of the metrics.
    /// </summary>
    const int Reserve = 200;

    public ConnectionLimit(ConnectionPools pools, IEnumerable<ReservedFiles> reserved)
        : this(
            ReadMaxFiles(),
            CountOpenFiles() + pools.MaxConnections + reserved.Sum(connections => connections.Count))
    {
    }

    /// <param name="maxFiles">The limit of open files.</param>
    /// <param name="needed">The files that are open or reserved, and the connections to the database.</param>
    /// <exception cref="StartupException">The limit is too low; the message names the lowest.</exception>
    public ConnectionLimit(long maxFiles, int needed)
    {
        MaxFiles = maxFiles;
        MaxConnections = (int)Math.Min(Ceiling, maxFiles - needed - Reserve);

        if (MaxConnections < Floor)
            throw new StartupException(
                $"The limit of open files is {maxFiles}, and the API needs {needed + Reserve + Floor}: "
                + "raise it (ulimit -n; LimitNOFILE in systemd; ulimits in Docker).");
    }

    /// <summary>The limit of open files; <see cref="long.MaxValue"/> where there is none.</summary>
    public long MaxFiles { get; }

    /// <summary>The maximum number of connections at once.</summary>
    public int MaxConnections { get; }

    /// <summary>The soft limit, which the runtime has raised to the hard one.</summary>
    static long ReadMaxFiles() =>
        OperatingSystem.IsLinux()
        && long.TryParse(
            File.ReadLines("/proc/self/limits")
                .First(line => line.StartsWith("Max open files", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3],
            CultureInfo.InvariantCulture, out var files)
            ? files
            : long.MaxValue;

    static int CountOpenFiles() =>
        OperatingSystem.IsLinux() ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : 0;
}

/// <summary>Files that something else than the API's own connections opens while it serves.</summary>
sealed record ReservedFiles(int Count);
