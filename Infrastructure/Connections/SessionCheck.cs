using Npgsql;
using static Bank.Infrastructure.Connections.SessionEffect;

namespace Bank.Infrastructure.Connections;

/// <summary>
/// Checks that a new connection is the session that was requested, and completes it. A pooler in between may
/// ignore the requested settings, and it reports a process id of its own: terminating that one would not end
/// the session of a money query whose connection was lost, so the query might still commit. A role, a
/// database or a server may have settings that the ledger cannot work with.
/// </summary>
/// <param name="options">The time-outs of the sessions.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets the settings that are not as they should be.</param>
sealed partial class SessionCheck(DatabaseOptions options, TimeProvider time, ILogger<SessionCheck> log)
{
    /// <summary>
    /// Reads the settings of a session and, in a new one, sets what cannot be asked for while connecting. The
    /// values are those before that, since the rows of a function are complete before they are used. The
    /// session keeps its <c>synchronous_commit</c>, so that no reload of the server's configuration takes the
    /// durability from its commits.
    /// </summary>
    const string Sql = SessionSettings.ChangedCollation +
        """
        SELECT pg_backend_pid(), name, setting, reset_val, source, sourcefile || ':' || sourceline,
            CASE
                WHEN NOT $3 THEN NULL
                WHEN name = 'synchronous_commit'
                    THEN set_config(name, CASE setting WHEN 'off' THEN 'on' ELSE setting END, false)
                WHEN name LIKE ANY ($2) AND setting <> boot_val THEN set_config(name, boot_val, false)
            END
        FROM pg_settings
        WHERE name = ANY ($1) OR name LIKE ANY ($2)
        UNION ALL
        SELECT pg_backend_pid(), 'collation version', recorded, NULL, 'initdb', NULL, NULL
        FROM changed_collation
        """;

    const string CommitSetting = "synchronous_commit";

    static readonly TimeSpan LogInterval = TimeSpan.FromHours(1);

    readonly IReadOnlyList<SessionSetting> settings = SessionSettings.All(options);
    readonly Dictionary<(string? Host, SessionSetting), (string Value, long At)> logged = [];
    readonly Lock gate = new();

    /// <summary>Checks and completes a new session that serves.</summary>
    /// <exception cref="UnexpectedSessionException">It cannot serve.</exception>
    public async Task CheckAsync(NpgsqlConnection connection)
    {
        var values = await ReadAsync(connection, setting => setting.Value);

        foreach (var setting in settings.Where(setting => setting is { Effect: Set, IsSetLate: false }))
        {
            if (values.TryGetValue(setting.Name, out var found) && found.Value != setting.Value)
                throw new UnexpectedSessionException(
                    $"{setting.Name} is {found.Value} and not {setting.Value}");
        }

        Refuse(LogIn(values, connection));
    }

    /// <summary>Opens a session that migrates, and checks and completes it.</summary>
    /// <exception cref="UnexpectedSessionException">The ledger cannot be in this database.</exception>
    public async Task<NpgsqlConnection> OpenMaintenanceAsync(string connectionString, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(connectionString);

        try
        {
            await connection.OpenAsync(ct);
            Refuse(FindIn(await ReadAsync(connection, setting => setting.Maintenance), connection));
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Looks again at the settings that a reload of the server's configuration can change in a session.
    /// </summary>
    /// <returns>
    /// What is wrong, and whether the session should be replaced, since a new one may have other settings.
    /// </returns>
    public async Task<(IReadOnlyList<SessionFinding> Findings, bool IsOutdated)> RecheckAsync(
        NpgsqlConnection connection)
    {
        var values = await ReadAsync(connection, completeBy: null);
        var commit = values[CommitSetting];
        values.Remove(CommitSetting);
        var findings = LogIn(values, connection);
        var isOutdated = commit.Value != (commit.ResetValue == "off" ? "on" : commit.ResetValue)
            || findings.Any(finding => finding.Setting.Effect is NotReady);

        return (findings, isOutdated);
    }

    /// <summary>Reads the settings, and completes a new session.</summary>
    /// <param name="connection">The session.</param>
    /// <param name="completeBy">The values of its kind of session; null for one that is complete.</param>
    async Task<Dictionary<string, SettingValue>> ReadAsync(
        NpgsqlConnection connection, Func<SessionSetting, string>? completeBy)
    {
        string[] names =
        [
            .. settings.Select(setting => setting.Name),
            .. settings.Select(setting => setting.Beside).OfType<string>(),
        ];
        string[] late =
        [
            .. settings.Where(setting => setting.IsSetLate
                    && completeBy is not null && completeBy(setting) != SessionSetting.Kept)
                .Select(setting => setting.Name),
        ];
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = names });
        command.Parameters.Add(new() { Value = late });
        command.Parameters.Add(new() { Value = completeBy is not null });
        await using var rows = await command.ExecuteReaderAsync();
        var values = new Dictionary<string, SettingValue>();

        while (await rows.ReadAsync())
        {
            if (rows.GetInt32(0) != connection.ProcessID)
                throw new UnexpectedSessionException(
                    $"its process is {rows.GetInt32(0)} and not {connection.ProcessID}");

            values[rows.GetString(1)] = new SettingValue(
                rows.GetString(2), TextOrNull(3), rows.GetString(4), TextOrNull(5));
        }

        return values;

        string? TextOrNull(int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
    }

    SessionFinding[] FindIn(Dictionary<string, SettingValue> values, NpgsqlConnection connection) =>
    [
        .. from setting in settings
           where setting.Effect is not Set
           where values.ContainsKey(setting.Name)
           where setting.Beside is null || values[setting.Beside].Value.Length > 0
           let found = values[setting.Name]
           where setting.IsViolatedBy(found.Value)
           select new SessionFinding(
               setting, found.Value,
               SessionFinding.OriginOf(found.Source, found.File, connection.UserName, connection.Database)),
    ];

    static void Refuse(IEnumerable<SessionFinding> findings)
    {
        if (findings.FirstOrDefault(finding => finding.Setting.Effect is Refused) is { } refused)
            throw UnexpectedSessionException.Because(refused);
    }

    /// <summary>Finds what is wrong and logs it: when it begins, and every hour.</summary>
    SessionFinding[] LogIn(Dictionary<string, SettingValue> values, NpgsqlConnection connection)
    {
        var findings = FindIn(values, connection);

        lock (gate)
        {
            foreach (var setting in settings.Where(setting => values.ContainsKey(setting.Name)))
            {
                if (findings.All(finding => finding.Setting != setting))
                    logged.Remove((connection.Host, setting));
            }

            foreach (var finding in findings.Where(finding => finding.Setting.Effect is Raised or Logged))
                LogIfDue(finding, connection.Host);
        }

        return findings;
    }

    void LogIfDue(SessionFinding finding, string? host)
    {
        var last = logged.GetValueOrDefault((host, finding.Setting));

        if (last.Value == finding.Value && time.GetElapsedTime(last.At) < LogInterval)
            return;

        logged[(host, finding.Setting)] = (finding.Value, time.GetTimestamp());

        if (finding.Setting.Effect is Raised)
            LogRaised(host, finding, finding.Setting.Value);
        else
            LogFinding(host, finding);
    }

    [LoggerMessage(23, LogLevel.Warning, "{Host}: {Finding}")]
    partial void LogFinding(string? host, SessionFinding finding);

    [LoggerMessage(29, LogLevel.Warning, "{Host}: {Finding}. The API's own sessions use {Value} instead")]
    partial void LogRaised(string? host, SessionFinding finding, string value);

    /// <summary>The value of a setting, as <c>pg_settings</c> has it.</summary>
    readonly record struct SettingValue(string Value, string? ResetValue, string Source, string? File);
}
