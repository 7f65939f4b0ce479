using System.Globalization;
using System.Reflection;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using FluentMigrator;
using FluentMigrator.Runner;
using Npgsql;
using static Npgsql.PostgresErrorCodes;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Waits for the database, refuses server versions that would break the ledger, and brings the schema up to
/// date. Instances that start at the same time take turns by an advisory lock.
/// </summary>
/// <param name="owner">How the owner of the tables connects.</param>
/// <param name="role">The role that the API serves as.</param>
/// <param name="pools">The API's connections.</param>
/// <param name="primary">Finds the host to migrate.</param>
/// <param name="sessions">Checks the sessions.</param>
/// <param name="scopes">Resolves the migration runner.</param>
/// <param name="options">Whether to migrate, and how long to wait.</param>
/// <param name="outage">Logs that the database is awaited.</param>
/// <param name="time">The clock.</param>
sealed class DatabaseMigrator(
    string owner,
    ApiRole role,
    ConnectionPools pools,
    PrimaryMonitor primary,
    SessionCheck sessions,
    IServiceScopeFactory scopes,
    DatabaseOptions options,
    DatabaseOutageLog outage,
    TimeProvider time)
{
    /// <summary>The key of the advisory lock; any number that nothing else in the database uses.</summary>
    const long AdvisoryLock = 0x42414E4B;

    const string NewestAppliedSql = """SELECT max("Version") FROM "VersionInfo" """;

    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The version of the newest migration in this build.</summary>
    public static long NewestVersion { get; } = typeof(DatabaseMigrator).Assembly.GetTypes()
        .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Version ?? 0)
        .Max();

    /// <summary>Prepares the database for serving and returns the server's version, such as 17.4.</summary>
    /// <exception cref="StartupException">
    /// The database did not answer within the start timeout, refuses the connection, or has an unsupported
    /// version.
    /// </exception>
    public async Task<string> PrepareAsync(CancellationToken ct)
    {
        await using var connection = await ConnectAsync(owner, ct);
        var version = int.Parse(
            (await connection.ScalarAsync<string>("SHOW server_version_num", ct))!,
            CultureInfo.InvariantCulture);

        if (PostgresVersion.UnsupportedReason(version) is { } reason)
            throw new StartupException(reason);

        if (options.MigrateOnStart)
            await MigrateAsync(connection, ct);

        await using var api = await ConnectAsync(role.ConnectionString, ct);
        await role.CheckAsync(api, ct);
        await CheckSessionAsync(ct);

        return PostgresVersion.Name(version);
    }

    async Task<NpgsqlConnection> ConnectAsync(string connectionString, CancellationToken ct)
    {
        var startedAt = time.GetTimestamp();

        while (true)
        {
            await primary.ProbeAsync(owner);

            try
            {
                var connection = await sessions.OpenMaintenanceAsync(
                    pools.ForCurrentHost(connectionString), ct);
                outage.ReportRecovery();
                return connection;
            }
            catch (NpgsqlException failure)
                when (MayRecover(failure) && time.GetElapsedTime(startedAt) < options.StartTimeout)
            {
                outage.ReportFailure(failure);
                await Task.Delay(RetryInterval, time, ct);
            }
            catch (NpgsqlException failure)
            {
                throw ToStartupException(failure, connectionString);
            }
        }
    }

    /// <summary>
    /// Waiting may help with a closed port, but not with a wrong password or a missing database.
    /// </summary>
    static bool MayRecover(NpgsqlException failure) =>
        failure is not (UnexpectedSessionException or PostgresException { SqlState: not CannotConnectNow });

    /// <summary>Opens a session of the pool before anybody is served from it.</summary>
    async Task CheckSessionAsync(CancellationToken ct)
    {
        try
        {
            await using var session = await pools.Ledger.OpenConnectionAsync(ct);
        }
        catch (NpgsqlException failure)
        {
            throw ToStartupException(failure, role.ConnectionString);
        }
    }

    async Task MigrateAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await connection.ScalarAsync<object>($"SELECT pg_advisory_lock({AdvisoryLock})", ct);

        try
        {
            using var scope = scopes.CreateScope();
            scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp();

            // A newer build grants what it needs itself.
            if (await connection.ScalarAsync<long>(NewestAppliedSql, ct) <= NewestVersion)
                await role.GrantAsync(connection, ct);
        }
        catch (Exception failure) when (failure is not StartupException)
        {
            throw failure.GetBaseException() is PostgresException { SqlState: InsufficientPrivilege } denied
                ? ToStartupException(denied, owner)
                : new StartupException($"The schema was not brought up to date: {failure.Message}", failure);
        }
        finally
        {
            await connection.ScalarAsync<object>(
                $"SELECT pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    static StartupException ToStartupException(NpgsqlException failure, string connectionString) => new(
        DatabaseAdvice.For(failure, new NpgsqlConnectionStringBuilder(connectionString)), failure);
}
