using System.Globalization;
using Npgsql;
using static Bank.Infrastructure.Connections.PrimaryChoice;

namespace Bank.Infrastructure.Connections;

/// <summary>
/// Where there are several hosts, probes each of them continuously and lets the API serve from the primary.
/// Npgsql's own choice caches a host's state for ten seconds, takes the first listed host that says it is the
/// primary, and waits for a frozen one.
/// </summary>
sealed partial class PrimaryMonitor(ConnectionPools pools, ILogger<PrimaryMonitor> log) : BackgroundService
{
    const string Sql =
        """
        SELECT CASE WHEN NOT pg_is_in_recovery()
            THEN substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
        END
        """;

    static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The first probe waits longer for every host, lest a replaced primary win by answering first.
    /// </summary>
    static readonly TimeSpan FirstTimeout = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();
    readonly PrimaryChoice choice = new();
    readonly HostReport[] reports = new HostReport[pools.Hosts.Count];
    readonly bool[] isStale = new bool[pools.Hosts.Count];
    bool hasLoggedStandbyOnly;

    bool HasChoice => pools.Hosts.Count > 1;

    /// <summary>Probes every host once, where there are several.</summary>
    /// <param name="connectionString">
    /// How to connect, as a role that exists before the API's role does.
    /// </param>
    public async Task ProbeAsync(string connectionString)
    {
        if (!HasChoice)
            return;

        var first = await Task.WhenAll(pools.Hosts.Select(host => ProbeAsync(
            new NpgsqlConnection(ConnectionPools.ForHost(connectionString, host.Name)), FirstTimeout)));

        for (var index = 0; index < first.Length; index++)
            Record(index, first[index], mayChoose: index == first.Length - 1);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => HasChoice
        ? Task.WhenAll(pools.Hosts.Select((host, index) => MonitorAsync(host, index, stoppingToken)))
        : Task.CompletedTask;

    async Task MonitorAsync(DatabaseHost host, int index, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(ProbeInterval);

        while (await timer.WaitForNextTickAsync(ct))
            Record(index, await ProbeAsync(host.Probe.CreateConnection(), Timeout), mayChoose: true);
    }

    static async Task<HostReport> ProbeAsync(NpgsqlConnection connection, TimeSpan timeout)
    {
        var probe = ReadTimelineAsync(connection);

        try
        {
            return new HostReport(true, await probe.WaitAsync(timeout));
        }
        catch (Exception)
        {
            // Whatever the reason, the host did not say what it is, and is probed again.
            _ = probe.ContinueWith(late => late.Exception, TaskScheduler.Default);
            return HostReport.Unreachable;
        }
    }

    static async Task<uint?> ReadTimelineAsync(NpgsqlConnection connection)
    {
        await using var opened = connection;
        await connection.OpenAsync();
        var timeline = await connection.ScalarAsync<string>(Sql);

        return timeline is null
            ? null
            : uint.Parse(timeline, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    void Record(int index, HostReport report, bool mayChoose)
    {
        lock (gate)
        {
            reports[index] = report;

            if (mayChoose)
                Choose();
        }
    }

    void Choose()
    {
        int? current = null;

        for (var index = 0; index < reports.Length; index++)
        {
            if (pools.IsCurrent(pools.Hosts[index]))
                current = index;
        }

        var next = choice.Choose(reports, current);

        if (next != current)
            pools.SwitchTo(next is { } found ? pools.Hosts[found] : null);

        if (next is { } primary && next != current)
            LogPrimary(pools.Hosts[primary].Name, choice.Highest);

        LogStandbyOnly();
        LogStalePrimaries();
    }

    void LogStandbyOnly()
    {
        var isStandbyOnly = reports.Any(report => report.IsStandby)
            && reports.All(report => report.Timeline is null);

        if (isStandbyOnly && !hasLoggedStandbyOnly)
            LogOnlyStandby();

        hasLoggedStandbyOnly = isStandbyOnly;
    }

    void LogStalePrimaries()
    {
        for (var index = 0; index < reports.Length; index++)
        {
            var wasStale = isStale[index];
            isStale[index] = reports[index].Timeline < choice.Highest;

            if (isStale[index] && !wasStale)
                LogRefused(pools.Hosts[index].Name, reports[index].Timeline ?? 0, choice.Highest);
        }
    }

    [LoggerMessage(30, LogLevel.Information, "{Host} is the primary, on timeline {Timeline}")]
    partial void LogPrimary(string host, uint timeline);

    [LoggerMessage(
        31, LogLevel.Error,
        "{Host} says that it is the primary, on timeline {Timeline}, and is refused: there is a later one, "
        + "{Highest}. Stop it: whatever is still written to it is lost")]
    partial void LogRefused(string host, uint timeline, uint highest);

    [LoggerMessage(32, LogLevel.Warning, "There is no primary: only a standby answers")]
    partial void LogOnlyStandby();
}
