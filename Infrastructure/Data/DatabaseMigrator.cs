using System.Reflection;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using FluentMigrator;
using FluentMigrator.Runner;
using Npgsql;
using static Npgsql.PostgresErrorCodes;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Waits for the database, refuses versions that would break the ledger, and brings the schema up to date.
/// Instances that start at the same time take turns behind an advisory lock.
/// </summary>
/// <param name="owner">How the owner of the tables connects.</param>
/// <param name="role">The role that the API serves as.</param>
/// <param name="pools">Where the API's connections come from.</param>
/// <param name="primary">What says which host is migrated.</param>
/// <param name="scopes">Where the migration runner lives.</param>
/// <param name="options">Whether to migrate, and how long to wait.</param>
/// <param name="absence">Is told while it waits.</param>
sealed class DatabaseMigrator(
    string owner,
    ApiRole role,
    ConnectionPools pools,
    PrimaryMonitor primary,
    IServiceScopeFactory scopes,
    DatabaseOptions options,
    DatabaseOutageLog absence)
{
    /// <summary>The key of the advisory lock; any number that nothing else in the database uses.</summary>
    const long AdvisoryLock = 0x42414E4B;

    const string NewestAppliedSql = """SELECT max("Version") FROM "VersionInfo" """;

    static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>The version of the newest migration that this build contains.</summary>
    public static long NewestVersion { get; } = typeof(DatabaseMigrator).Assembly.GetTypes()
        .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Version ?? 0)
        .Max();

    /// <summary>
    /// Makes the database ready to serve, and answers the server's version as people write it.
    /// </summary>
    /// <exception cref="StartupException">
    /// The database did not answer within the start timeout, lets nobody in, or has a version that is
    /// refused.
    /// </exception>
    public async Task<string> PrepareAsync(CancellationToken ct)
    {
        await using var connection = await ConnectAsync(owner, ct);
        var version = int.Parse(
            (string)(await ScalarAsync(connection, "SHOW server_version_num", ct))!,
            System.Globalization.CultureInfo.InvariantCulture);

        if (PostgresVersion.Refusal(version) is { } refusal)
            throw new StartupException(refusal);

        if (options.MigrateOnStart)
            await MigrateAsync(connection, ct);

        await using var api = await ConnectAsync(role.ConnectionString, ct);
        await role.CheckAsync(api, ct);
        await CheckSessionAsync(ct);

        return PostgresVersion.Name(version);
    }

    async Task<NpgsqlConnection> ConnectAsync(string connectionString, CancellationToken ct)
    {
        var deadline = DateTimeOffset.UtcNow + options.StartTimeout;

        while (true)
        {
            await primary.LookAsync(owner);

            try
            {
                var connection = new NpgsqlConnection(pools.OnCurrent(connectionString));
                await connection.OpenAsync(ct);
                absence.NoteBack();
                return connection;
            }
            catch (NpgsqlException away) when (MayComeBack(away) && DateTimeOffset.UtcNow < deadline)
            {
                absence.Note(away);
                await Task.Delay(RetryEvery, ct);
            }
            catch (NpgsqlException away)
            {
                throw Refused(away, connectionString);
            }
        }
    }

    /// <summary>A wrong password or a missing database will not heal by waiting; a closed port may.</summary>
    static bool MayComeBack(NpgsqlException away) =>
        away is not PostgresException { SqlState: not CannotConnectNow };

    /// <summary>What the pools would be lent is tried before anybody is served from it.</summary>
    async Task CheckSessionAsync(CancellationToken ct)
    {
        try
        {
            await using var session = await pools.Ledger.OpenConnectionAsync(ct);
        }
        catch (UnexpectedSessionException other)
        {
            throw new StartupException(other.Message, other);
        }
        catch (NpgsqlException refused)
        {
            throw Refused(refused, role.ConnectionString);
        }
    }

    async Task MigrateAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await ScalarAsync(connection, $"SELECT pg_advisory_lock({AdvisoryLock})", ct);

        try
        {
            using var scope = scopes.CreateScope();
            scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp();

            // What a newer build needs is granted by that one.
            if ((long)(await ScalarAsync(connection, NewestAppliedSql, ct))! <= NewestVersion)
                await role.GrantAsync(connection, ct);
        }
        catch (Exception failed) when (failed is not StartupException)
        {
            throw failed.GetBaseException() is PostgresException { SqlState: InsufficientPrivilege } weak
                ? Refused(weak, owner)
                : new StartupException($"The schema was not brought up to date: {failed.Message}", failed);
        }
        finally
        {
            await ScalarAsync(
                connection, $"SELECT pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    static StartupException Refused(NpgsqlException refused, string connectionString) => new(
        DatabaseAdvice.For(refused, new NpgsqlConnectionStringBuilder(connectionString)), refused);

    static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct);
    }
}
