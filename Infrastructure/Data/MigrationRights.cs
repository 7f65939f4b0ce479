using Bank.Infrastructure.Configuration;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Names the right that a role lacks to migrate, before a migration fails for it with a text that is about
/// one table.
/// </summary>
static class MigrationRights
{
    const string Sql =
        """
        SELECT has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE'),
               (
                   SELECT has_language_privilege(pg_language.oid, 'USAGE')
                   FROM pg_language
                   WHERE lanname = 'plpgsql'
               ),
               (
                   SELECT string_agg(DISTINCT pg_get_userbyid(relowner), ', ')
                   FROM pg_class
                   WHERE relnamespace = pg_namespace.oid AND NOT pg_has_role(relowner, 'USAGE')
                     AND relname IN (
                         'VersionInfo', 'accounts', 'holds', 'idempotency_keys', 'keys', 'token_users',
                         'transactions', 'users')
               )
        FROM pg_namespace
        WHERE nspname = $1
        """;

    /// <param name="session">A session of the role that migrates.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <param name="ct">Cancels it.</param>
    /// <exception cref="StartupException">It lacks a right; the message names it.</exception>
    public static async Task CheckAsync(NpgsqlConnection session, string schema, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, session);
        command.Parameters.Add(new NpgsqlParameter { Value = schema });
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var role = session.UserName;

        var own = schema == "public" ? $", or ALTER DATABASE {session.Database} OWNER TO {role}" : "";

        if (!row.IsDBNull(2) && row.GetString(2) is var owner)
            throw Missing($"the tables in the schema {schema} belong to {owner}. GRANT {owner} TO {role}");

        if (!row.GetBoolean(0))
            throw Missing(
                $"it may not create tables in the schema {schema}. "
                + $"GRANT USAGE, CREATE ON SCHEMA {schema} TO {role}{own}");

        if (!row.IsDBNull(1) && !row.GetBoolean(1))
            throw Missing($"it may not use plpgsql. GRANT USAGE ON LANGUAGE plpgsql TO {role}");

        StartupException Missing(string right) => new(
            $"{role} may not bring the schema up to date: {right}. Or name the owner of the tables in "
            + "ConnectionStrings:Owner, or set Database:MigrateOnStart to false here.");
    }
}
