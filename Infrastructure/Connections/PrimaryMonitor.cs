using System.Globalization;
using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>
/// Where there are several hosts, asks each of them again and again, beside all requests, whether it is the
/// primary, and lets the API serve from the one that is. Npgsql's own choice remembers for ten seconds what was,
/// takes the first listed that says to be the primary, and waits for one that is frozen.
/// </summary>
sealed partial class PrimaryMonitor(ConnectionPools pools, ILogger<PrimaryMonitor> log) : BackgroundService
{
    const string Sql =
        """
        SELECT CASE WHEN NOT pg_is_in_recovery()
            THEN substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
        END
        """;

    static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>At first all are waited for, lest one that was replaced be taken because it answers sooner.</summary>
    static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();
    readonly PrimaryChoice choice = new();
    readonly HostReport[] reports = new HostReport[pools.Hosts.Count];
    readonly bool[] refused = new bool[pools.Hosts.Count];
    bool hasToldOfStandby;

    bool HasChoice => pools.Hosts.Count > 1;

    /// <summary>Asks every host once, where there are several.</summary>
    /// <param name="connectionString">How to connect, as a role that is there before the API's is.</param>
    public async Task LookAsync(string connectionString)
    {
        if (!HasChoice)
            return;

        var answers = await Task.WhenAll(pools.Hosts.Select(host => AskAsync(
            new NpgsqlConnection(ConnectionPools.At(connectionString, host.Name)), FirstPatience)));

        for (var index = 0; index < answers.Length; index++)
            Note(index, answers[index], mayChoose: index == answers.Length - 1);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => HasChoice
        ? Task.WhenAll(pools.Hosts.Select((host, index) => WatchAsync(host, index, stoppingToken)))
        : Task.CompletedTask;

    async Task WatchAsync(DatabaseHost host, int index, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(AskEvery);

        while (await timer.WaitForNextTickAsync(ct))
            Note(index, await AskAsync(host.Probe.CreateConnection(), Patience), mayChoose: true);
    }

    static async Task<HostReport> AskAsync(NpgsqlConnection connection, TimeSpan patience)
    {
        var asked = AskForTimelineAsync(connection);

        try
        {
            return new HostReport(true, await asked.WaitAsync(patience));
        }
        catch (Exception)
        {
            // Whatever it is, the host did not say what it is, and is to be asked again.
            _ = asked.ContinueWith(late => late.Exception, TaskScheduler.Default);
            return HostReport.Away;
        }
    }

    static async Task<uint?> AskForTimelineAsync(NpgsqlConnection connection)
    {
        await using var borrowed = connection;
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Sql, connection);
        var timeline = await command.ExecuteScalarAsync() as string;

        return timeline is null ? null : uint.Parse(timeline, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    void Note(int index, HostReport report, bool mayChoose)
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
            pools.MoveTo(next is { } found ? pools.Hosts[found] : null);

        if (next is { } primary && next != current)
            LogPrimary(pools.Hosts[primary].Name, choice.Highest);

        TellOfStandby();
        TellOfRefused();
    }

    void TellOfStandby()
    {
        var isAlone = reports.Any(report => report.IsStandby) && reports.All(report => report.Timeline is null);

        if (isAlone && !hasToldOfStandby)
            LogOnlyStandby();

        hasToldOfStandby = isAlone;
    }

    void TellOfRefused()
    {
        for (var index = 0; index < reports.Length; index++)
        {
            var isRefused = reports[index].Timeline < choice.Highest;

            if (isRefused && !refused[index])
                LogRefused(pools.Hosts[index].Name, reports[index].Timeline ?? 0, choice.Highest);

            refused[index] = isRefused;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Host} is the primary, on timeline {Timeline}")]
    partial void LogPrimary(string host, uint timeline);

    [LoggerMessage(
        LogLevel.Error,
        "{Host} says that it is the primary, on timeline {Timeline}, and is refused: there is a later one, {Highest}. "
        + "Stop it, or whoever still writes to it writes what is lost")]
    partial void LogRefused(string host, uint timeline, uint highest);

    [LoggerMessage(LogLevel.Warning, "There is no primary: only a standby answers")]
    partial void LogOnlyStandby();
}
