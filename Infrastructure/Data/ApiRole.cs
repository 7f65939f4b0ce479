using Bank.Infrastructure.Configuration;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// The role that the API serves as. Where migrations have another one, the owner of the tables, it is made
/// unless it is there, and may do what it is granted and no more: it can neither change the schema nor disable
/// a trigger.
/// </summary>
/// <param name="connectionString">How the API connects; it names the role.</param>
/// <param name="grantsTo">
/// The statements that grant a role, quoted already, what the API does; null where it is the owner itself.
/// </param>
/// <param name="log">Where it is said that the role could do more.</param>
sealed partial class ApiRole(string connectionString, Func<string, string>? grantsTo, ILogger<ApiRole> log)
{
    const string IsThereSql = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)";

    /// <summary>Who owns a table, even by way of another role, may disable its triggers.</summary>
    const string MayDisableTriggersSql =
        """
        SELECT EXISTS (
            SELECT
            FROM pg_trigger
            JOIN pg_class ON pg_class.oid = tgrelid
            WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
              AND pg_has_role(relowner, 'MEMBER')
        )
        """;

    /// <summary>All that is granted in the schema, to whomever.</summary>
    const string GrantedSql =
        """
        SELECT string_agg(concat_ws(' ', relname, relacl, attname, attacl), ', ' ORDER BY relname, attnum)
        FROM pg_class
        LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attacl IS NOT NULL
        WHERE relnamespace = current_schema()::regnamespace
        """;

    readonly NpgsqlConnectionStringBuilder settings = new(connectionString);

    /// <summary>How the API connects.</summary>
    public string ConnectionString => settings.ConnectionString;

    /// <summary>Makes the role where it is not there, and grants it what the API does.</summary>
    /// <param name="owner">A connection of the role that owns the tables.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="StartupException">There is no such role, and its owner may not make it.</exception>
    public async Task GrantAsync(NpgsqlConnection owner, CancellationToken ct)
    {
        if (grantsTo is null)
            return;

        var name = settings.Username ?? throw new StartupException(
            "ConnectionStrings:Bank must name a Username, since ConnectionStrings:Owner is another role.");
        var role = new NpgsqlCommandBuilder().QuoteIdentifier(name);

        if (!await AskAsync<bool>(owner, IsThereSql, ct, name))
            await CreateAsync(owner, role, ct);

        // What was granted before is taken back again: to commit it would wait for a standby that may be away,
        // and nobody would be served meanwhile.
        await using var transaction = await owner.BeginTransactionAsync(ct);
        var before = await AskAsync<string>(owner, GrantedSql, ct);
        await using var grant = new NpgsqlCommand(grantsTo(role), owner);
        await grant.ExecuteNonQueryAsync(ct);

        if (await AskAsync<string>(owner, GrantedSql, ct) != before)
            await transaction.CommitAsync(ct);
    }

    /// <summary>Says so where the role could disable the triggers that keep the ledger.</summary>
    /// <param name="api">A connection of the role.</param>
    /// <param name="ct">Gives up.</param>
    public async Task CheckAsync(NpgsqlConnection api, CancellationToken ct)
    {
        if (await AskAsync<bool>(api, MayDisableTriggersSql, ct))
            LogMayDisableTriggers(api.UserName);
    }

    async Task CreateAsync(NpgsqlConnection owner, string role, CancellationToken ct)
    {
        var password = settings.Password is { Length: > 0 } secret ? $"PASSWORD '{ScramVerifier.Of(secret)}'" : "";
        await using var create = new NpgsqlCommand($"CREATE ROLE {role} LOGIN {password}", owner);

        try
        {
            await create.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException other)
            when (other.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            // Another instance made it in the meantime; from another database even, where no lock is shared.
        }
        catch (PostgresException weak) when (weak.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StartupException(
                $"There is no role {role}, as ConnectionStrings:Bank has it, and the one of ConnectionStrings:Owner "
                + $"may not make it: CREATE ROLE {role} LOGIN PASSWORD '…'", weak);
        }
    }

    static async Task<T> AskAsync<T>(
        NpgsqlConnection connection, string sql, CancellationToken ct, params string[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);

        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });

        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The API serves as the role {Role}, which could disable the triggers that protect the ledger; give "
        + "migrations a role of their own in ConnectionStrings:Owner")]
    partial void LogMayDisableTriggers(string? role);
}
