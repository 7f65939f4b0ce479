namespace Bank.Infrastructure.Connections;

/// <summary>A setting of a session that is not as the ledger needs it.</summary>
/// <param name="Setting">What it has to be.</param>
/// <param name="Value">What it is.</param>
/// <param name="Origin">Who set it.</param>
sealed record SessionFinding(SessionSetting Setting, string Value, string Origin)
{
    public override string ToString() =>
        $"{Setting.Name} is {Value} ({Origin}): {Setting.Reason}; {Setting.Remedy}";

    /// <summary>Names the origin of a value.</summary>
    /// <param name="source"><c>pg_settings.source</c>.</param>
    /// <param name="file">The file and line, where the role may see them.</param>
    /// <param name="role">The session's role.</param>
    /// <param name="database">The session's database.</param>
    public static string OriginOf(string source, string? file, string? role, string? database) =>
        source switch
        {
            "user" => $"source: user, ALTER ROLE {role} SET",
            "database" => $"source: database, ALTER DATABASE {database} SET",
            "database user" => $"source: database user, ALTER ROLE {role} IN DATABASE {database} SET",
            "global" => "source: global, ALTER ROLE ALL SET",
            "client" => "source: client, the connection string or PGOPTIONS",
            _ when file is not null => $"source: {source}, {file}",
            _ => $"source: {source}",
        };
}
