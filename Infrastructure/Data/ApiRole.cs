using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// The role that the API serves as. Where migrations run as another role, the owner of the tables, the API's
/// role is created if it is missing and may only do what it is granted: it can neither change the schema nor
/// disable a trigger.
/// </summary>
/// <param name="connectionString">How the API connects; it names the role.</param>
/// <param name="grants">Builds the GRANTs for a quoted role; null where the API is the owner itself.</param>
/// <param name="log">Warns of a role that may do too much.</param>
sealed partial class ApiRole(string connectionString, Func<string, string>? grants, ILogger<ApiRole> log)
{
    const string ExistsSql = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)";

    /// <summary>
    /// The owner of a table, and every member of the owning role, may disable its triggers.
    /// </summary>
    const string MayDisableTriggersSql =
        """
        SELECT EXISTS (
            SELECT
            FROM pg_trigger
            JOIN pg_class ON pg_class.oid = tgrelid
            JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE NOT tgisinternal AND nspname = current_schema() AND pg_has_role(relowner, 'MEMBER')
        )
        """;

    /// <summary>Every privilege in the schema, of every role.</summary>
    const string PrivilegesSql =
        """
        SELECT concat(
            (
                SELECT string_agg(
                    concat_ws(' ', relname, relacl, attname, attacl), ', ' ORDER BY relname, attnum)
                FROM pg_class
                LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attacl IS NOT NULL
                WHERE relnamespace = pg_namespace.oid
            ),
            (
                SELECT string_agg(concat_ws(' ', proname, proacl), ', ' ORDER BY proname)
                FROM pg_proc
                WHERE pronamespace = pg_namespace.oid
            ))
        FROM pg_namespace
        WHERE nspname = current_schema()
        """;

    /// <summary>
    /// The privileges outside the tables that the role lacks, as GRANTs. PUBLIC has them unless somebody has
    /// revoked them.
    /// </summary>
    const string MissingSql =
        """
        SELECT format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), $1)
        WHERE NOT has_schema_privilege($1, current_schema(), 'USAGE')
        UNION ALL
        SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), $1)
        WHERE NOT has_database_privilege($1, current_database(), 'CONNECT')
        UNION ALL
        SELECT format('GRANT EXECUTE ON FUNCTION pg_terminate_backend TO %I', $1)
        WHERE NOT has_function_privilege($1, 'pg_terminate_backend(integer, bigint)', 'EXECUTE')
        """;

    readonly NpgsqlConnectionStringBuilder settings = new(connectionString);

    public string ConnectionString => settings.ConnectionString;

    /// <summary>Creates the role if it is missing, and grants it what the API does.</summary>
    /// <param name="owner">A connection of the role that owns the tables.</param>
    /// <param name="ct">Cancels it.</param>
    /// <exception cref="StartupException">The role is missing, and the owner may not create it.</exception>
    public async Task GrantAsync(NpgsqlConnection owner, CancellationToken ct)
    {
        if (grants is null)
            return;

        var name = settings.Username ?? throw new StartupException(
            "ConnectionStrings:Bank must name a Username, since ConnectionStrings:Owner is another role.");
        var role = new NpgsqlCommandBuilder().QuoteIdentifier(name);

        if (!await owner.ScalarAsync<bool>(ExistsSql, ct, name))
            await CreateAsync(owner, role, ct);

        await GrantSurroundingsAsync(owner, name, ct);

        // GRANTs that change nothing are rolled back: their commit would wait for a standby, and while that
        // is unreachable the API would not start.
        await using var transaction = await owner.BeginTransactionAsync(ct);
        var before = await owner.ScalarAsync<string>(PrivilegesSql, ct);
        await owner.ScalarAsync<object>(grants(role), ct);

        if (await owner.ScalarAsync<string>(PrivilegesSql, ct) != before)
            await transaction.CommitAsync(ct);
    }

    /// <summary>Warns if the role could disable the triggers that protect the ledger.</summary>
    /// <param name="api">A connection of the role.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task CheckAsync(NpgsqlConnection api, CancellationToken ct)
    {
        if (await api.ScalarAsync<bool>(MayDisableTriggersSql, ct))
            LogMayDisableTriggers(api.UserName);
    }

    /// <summary>
    /// Grants what the role needs outside the tables. Without the right to grant, PostgreSQL warns or
    /// refuses, depending on the owner's other privileges.
    /// </summary>
    static async Task GrantSurroundingsAsync(NpgsqlConnection owner, string name, CancellationToken ct)
    {
        while (await owner.ScalarAsync<string>(MissingSql, ct, name) is { } grant)
        {
            try
            {
                await owner.ScalarAsync<object>(grant, ct);
            }
            catch (PostgresException denied)
                when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                // It is still missing below.
            }

            if (await owner.ScalarAsync<string>(MissingSql, ct, name) == grant)
                throw new StartupException(
                    $"The API's role lacks a privilege that {owner.UserName} may not grant: {grant}");
        }
    }

    async Task CreateAsync(NpgsqlConnection owner, string role, CancellationToken ct)
    {
        var password = settings.Password is { Length: > 0 } secret
            ? $"PASSWORD '{ScramVerifier.FromPassword(secret)}'"
            : "";

        try
        {
            await owner.ScalarAsync<object>($"CREATE ROLE {role} LOGIN {password}", ct);
        }
        catch (PostgresException duplicate) when (duplicate.SqlState
            is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            // Another instance created it meanwhile, perhaps for another database, which shares no advisory
            // lock.
        }
        catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StartupException(
                $"There is no role {role}, which ConnectionStrings:Bank names, and the role of "
                + "ConnectionStrings:Owner may not create it: "
                + $"CREATE ROLE {role} LOGIN PASSWORD '…'", denied);
        }
    }

    [LoggerMessage(
        24, LogLevel.Warning,
        "The API serves as the role {Role}, which could disable the triggers that protect the ledger; give "
        + "migrations a role of their own in ConnectionStrings:Owner")]
    partial void LogMayDisableTriggers(string? role);
}
