namespace Bank.Tests.Infrastructure.Connections;

/// <summary>A place that can give a session another value of a setting.</summary>
/// <param name="Name">How the place is named in messages.</param>
/// <param name="Sql">Sets <c>{0}</c> to <c>{1}</c>, with placeholders for role and database.</param>
/// <param name="Undo">Takes it back.</param>
public sealed record SettingOverride(string Name, string Sql, string Undo)
{
    /// <summary>The places that PostgreSQL itself keeps.</summary>
    public static IReadOnlyList<SettingOverride> All { get; } =
    [
        new("source: user, ALTER ROLE", "ALTER ROLE {role} SET {0} = '{1}'", "ALTER ROLE {role} RESET ALL"),
        new("source: database, ALTER DATABASE", "ALTER DATABASE {database} SET {0} = '{1}'",
            "ALTER DATABASE {database} RESET ALL"),
        new("source: database user, ALTER ROLE", "ALTER ROLE {role} IN DATABASE {database} SET {0} = '{1}'",
            "ALTER ROLE {role} IN DATABASE {database} RESET ALL"),
    ];

    /// <summary>The statement for a setting, a role and a database.</summary>
    public string For(string setting, string value, string role, string database) => string.Format(
        System.Globalization.CultureInfo.InvariantCulture, Named(Sql, role, database), setting, value);

    /// <summary>The statement that takes it back.</summary>
    public string UndoFor(string role, string database) => Named(Undo, role, database);

    static string Named(string sql, string role, string database) => sql
        .Replace("{role}", role, StringComparison.Ordinal)
        .Replace("{database}", database, StringComparison.Ordinal);
}
