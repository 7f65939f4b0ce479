using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Finds the schema of the tables. Every session of the API then searches this schema alone, so that neither
/// a role nor a database nor the environment can lead it to other tables.
/// </summary>
static class LedgerSchema
{
    /// <summary>
    /// The named schema; the first one of the session's search_path that has the tables; where they would be
    /// created; every schema with tables that the role may read; and one that the role owns.
    /// </summary>
    const string Sql =
        """
        WITH bank AS (
            SELECT nspname
            FROM pg_class
            JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE relname IN ('accounts', 'idempotency_keys', 'transactions', 'users') AND relkind = 'r'
            GROUP BY pg_namespace.oid, nspname
            HAVING count(*) = 4
               AND bool_and(has_table_privilege(pg_class.oid, 'SELECT'))
               AND has_schema_privilege(pg_namespace.oid, 'USAGE')
        )
        SELECT (SELECT nspname FROM pg_namespace WHERE oid = to_regnamespace($1)),
               (
                   SELECT nspname
                   FROM unnest(current_schemas(false)) WITH ORDINALITY AS path (name, position)
                   JOIN bank ON nspname = name
                   ORDER BY position
                   LIMIT 1
               ),
               current_schema(),
               coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
               ARRAY(SELECT nspname FROM bank),
               current_setting('search_path'),
               (
                   SELECT min(nspname)
                   FROM pg_namespace
                   WHERE nspowner = to_regrole(quote_ident(current_user)) AND nspname !~ '^pg_'
               )
        """;

    /// <summary>
    /// Why the tables cannot be read, as a role that may lack every privilege can tell; null if they can.
    /// </summary>
    const string ReasonSql =
        """
        SELECT CASE
                   WHEN to_regnamespace(quote_ident($1)) IS NULL THEN format('there is no schema %s', $1)
                   WHEN has_schema_privilege($1, 'USAGE') AND has_table_privilege(
                       to_regclass(quote_ident($1) || '."VersionInfo"'), 'SELECT') THEN NULL
                   WHEN NOT has_schema_privilege($1, 'USAGE') THEN format(
                       '%I may not use the schema %I: GRANT USAGE ON SCHEMA %I TO %I',
                       current_user, $1, $1, current_user)
                   WHEN to_regclass('"VersionInfo"') IS NOT NULL THEN format(
                       '%I may not read the tables in the schema %I: start an instance that migrates, which '
                       'grants it', current_user, $1)
                   ELSE format(
                       'the schema %I has no tables: start an instance that migrates '
                       '(Database:MigrateOnStart), or name the right schema by Search Path', $1)
               END
        """;

    const string SearchSql = "SELECT set_config('search_path', quote_ident($1), false)";

    /// <summary>The schema of the tables, or the one in which to create them.</summary>
    /// <param name="connection">A connection whose search_path is the session's own.</param>
    /// <param name="named">The first schema of a configured <c>Search Path</c>; null without one.</param>
    /// <param name="ct">Cancels it.</param>
    /// <exception cref="StartupException">There is none; the message says what to do.</exception>
    public static async Task<string> FindAsync(
        NpgsqlConnection connection, string? named, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = named });
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        if (named is not null)
            return TextOf(0) ?? throw new StartupException(
                $"There is no schema {named} in the database {connection.Database}: "
                + $"CREATE SCHEMA {named} AUTHORIZATION {connection.UserName}, if that is the owner of the "
                + "tables; or change Search Path");

        // A role that cannot create tables anywhere on its path, such as that of the API, takes those that
        // it may read.
        return TextOf(1)
            ?? (!row.GetBoolean(3) && row.GetFieldValue<string[]>(4) is [var only] ? only : TextOf(2))
            ?? throw new StartupException(
                $"{connection.UserName} may use none of the schemas in its search_path, {row.GetString(5)}: "
                + (TextOf(6) is { } owned
                    ? $"name the one that it owns by Search Path={owned} in the connection strings"
                    : $"GRANT USAGE, CREATE ON SCHEMA public TO {connection.UserName}, or name a schema by "
                        + "Search Path=… in the connection strings"));

        string? TextOf(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }

    /// <summary>Makes a session search the schema alone.</summary>
    public static Task SearchAsync(NpgsqlConnection session, string schema, CancellationToken ct) =>
        session.ScalarAsync<object>(SearchSql, ct, schema);

    /// <summary>Why the tables of a schema cannot be read, with the remedy; null if they can.</summary>
    public static Task<string?> FindReasonAsync(NpgsqlConnection connection, string schema) =>
        connection.ScalarAsync<string>(ReasonSql, default, schema);

    /// <summary>The first schema of a connection string's <c>Search Path</c>; null without one.</summary>
    public static string? NamedIn(string? connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString).SearchPath?.Split(',')[0].Trim() is
        { Length: > 0 } first && !first.Contains("$user", StringComparison.Ordinal) ? first : null;
}
