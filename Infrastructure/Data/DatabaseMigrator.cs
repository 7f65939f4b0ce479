using System.Globalization;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Connections;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>
/// Waits for the database, refuses server versions that would break the ledger, finds the schema of the
/// tables and brings it up to date.
/// </summary>
/// <param name="owner">How the owner of the tables connects.</param>
/// <param name="role">The role that the API serves as.</param>
/// <param name="pools">The API's connections.</param>
/// <param name="primary">Finds the host to migrate.</param>
/// <param name="sessions">Checks the sessions.</param>
/// <param name="migrator">Runs the migrations.</param>
/// <param name="options">Whether to migrate, and how long to wait.</param>
/// <param name="outage">Logs that the database is awaited.</param>
/// <param name="time">The clock.</param>
sealed class DatabaseMigrator(
    string owner,
    ApiRole role,
    ConnectionPools pools,
    PrimaryMonitor primary,
    SessionCheck sessions,
    SchemaMigrator migrator,
    DatabaseOptions options,
    DatabaseOutageLog outage,
    TimeProvider time)
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Prepares the database for serving and returns the server's version, such as 17.4.</summary>
    /// <exception cref="StartupException">
    /// The database was not usable within the start timeout, refuses the connection, or has an unsupported
    /// version.
    /// </exception>
    public async Task<string> PrepareAsync(CancellationToken ct)
    {
        var failingSince = time.GetTimestamp();

        while (true)
        {
            var attemptAt = time.GetTimestamp();

            try
            {
                return await TryPrepareAsync(ct);
            }
            catch (NpgsqlException failure) when (MayRecover(failure))
            {
                // An attempt that lasted so long had reached the database: this is another failure.
                if (time.GetElapsedTime(attemptAt) >= options.StartTimeout)
                    failingSince = time.GetTimestamp();

                if (time.GetElapsedTime(failingSince) >= options.StartTimeout)
                    throw ToStartupException(failure);

                outage.ReportFailure(failure);
                await Task.Delay(RetryInterval, time, ct);
            }
            catch (NpgsqlException failure)
            {
                throw ToStartupException(failure);
            }
        }
    }

    async Task<string> TryPrepareAsync(CancellationToken ct)
    {
        int version;

        await using (var session = await ConnectAsync(owner, ct))
        {
            version = int.Parse(
                (await session.ScalarAsync<string>("SHOW server_version_num", ct))!,
                CultureInfo.InvariantCulture);

            if (PostgresVersion.UnsupportedReason(version) is { } reason)
                throw new StartupException(reason);

            pools.Schema = await FindSchemaAsync(session, ct);

            if (options.MigrateOnStart)
                await MigrateAsync(session, pools.Schema, ct);
        }

        await using var api = await ConnectAsync(
            ConnectionPools.WithSchema(role.ConnectionString, pools.Schema), ct);
        await role.CheckAsync(api, ct);

        // A session of the pool, before anybody is served from it.
        await using var pooled = await pools.Ledger.OpenConnectionAsync(ct);

        return PostgresVersion.Name(version);
    }

    /// <exception cref="StartupException">Waiting does not help.</exception>
    async Task<NpgsqlConnection> ConnectAsync(string connectionString, CancellationToken ct)
    {
        await primary.ProbeAsync(owner);

        try
        {
            var connection = await sessions.OpenMaintenanceAsync(
                pools.ForCurrentHost(connectionString), ct);
            outage.ReportRecovery();
            return connection;
        }
        catch (NpgsqlException failure) when (!MayRecover(failure))
        {
            throw new StartupException(
                DatabaseAdvice.ForConnecting(failure, new NpgsqlConnectionStringBuilder(connectionString)),
                failure);
        }
    }

    /// <summary>
    /// Waiting may help with a closed port and with a busy or starting server, but not with a wrong password,
    /// a missing database or a standby.
    /// </summary>
    static bool MayRecover(NpgsqlException failure) => failure switch
    {
        UnexpectedSessionException => false,
        PostgresException refused => refused.MayRecover(),
        _ => failure.IsDatabaseUnavailable(),
    };

    /// <summary>
    /// The schema of the tables. <c>Search Path</c> in either connection string names it for both.
    /// </summary>
    async Task<string> FindSchemaAsync(NpgsqlConnection session, CancellationToken ct)
    {
        var (ofOwner, ofRole) = (LedgerSchema.NamedIn(owner), LedgerSchema.NamedIn(role.ConnectionString));

        return ofOwner is not null && ofRole is not null && ofOwner != ofRole
            ? throw new StartupException(
                $"ConnectionStrings:Owner has Search Path={ofOwner}, and ConnectionStrings:Bank has "
                + $"Search Path={ofRole}: name the same schema in both")
            : await LedgerSchema.FindAsync(session, ofOwner ?? ofRole, ct);
    }

    async Task MigrateAsync(NpgsqlConnection session, string schema, CancellationToken ct)
    {
        await LedgerSchema.SearchAsync(session, schema, ct);

        try
        {
            await migrator.MigrateAsync(
                session, pools.ForCurrentHost(owner), schema, () => role.GrantAsync(session, ct), ct);
        }
        catch (Exception failure) when (failure is not StartupException)
        {
            throw failure.GetBaseException() as NpgsqlException
                ?? (Exception)new StartupException(
                    $"The schema was not brought up to date: {failure.GetBaseException().Message}", failure);
        }
    }

    StartupException ToStartupException(NpgsqlException failure) => new(
        DatabaseAdvice.For(failure, new NpgsqlConnectionStringBuilder(owner)), failure);
}
