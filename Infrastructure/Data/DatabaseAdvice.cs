using Bank.Infrastructure.Connections;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>Says what to do about a database on which the API cannot start.</summary>
static class DatabaseAdvice
{
    /// <summary>What to do about a connection that was refused.</summary>
    /// <param name="failure">The error of the server or the connection.</param>
    /// <param name="settings">How the API or the owner connects.</param>
    public static string ForConnecting(NpgsqlException failure, NpgsqlConnectionStringBuilder settings) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied
            ? $"{settings.Username} may not connect to the database {settings.Database}: "
                + $"GRANT CONNECT ON DATABASE {settings.Database} TO {settings.Username} "
                + $"({denied.SqlState}: {denied.MessageText})"
            : For(failure, settings);

    /// <inheritdoc cref="ForConnecting"/>
    /// <summary>What to do about a failure of a query that only reads.</summary>
    public static string ForReading(NpgsqlException failure, NpgsqlConnectionStringBuilder settings) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied
            ? $"{settings.Username} lacks a right, which an instance that migrates grants: "
                + denied.MessageText
            : For(failure, settings);

    /// <inheritdoc cref="ForConnecting"/>
    /// <summary>What to do about a failure of a query.</summary>
    public static string For(NpgsqlException failure, NpgsqlConnectionStringBuilder settings) =>
        failure switch
        {
            PostgresException error =>
                $"{For(error.SqlState, settings)} ({error.SqlState}: {error.MessageText})",
            UnexpectedSessionException unexpected => unexpected.Message,
            _ => $"The database cannot be reached: {failure.Message}",
        };

    static string For(string code, NpgsqlConnectionStringBuilder settings) => code switch
    {
        PostgresErrorCodes.InvalidPassword =>
            $"The password of {settings.Username} is wrong: correct it in ConnectionStrings, or change it in "
            + $"the database (ALTER ROLE {settings.Username} PASSWORD '…'). A database in a container keeps "
            + "the password that it was created with",
        PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"{settings.Username} may not sign in. If there is no such role yet: Bank creates it when it "
            + "first starts, as the role of ConnectionStrings:Owner. Otherwise it lacks LOGIN (ALTER ROLE "
            + $"{settings.Username} LOGIN), or pg_hba.conf refuses it",
        PostgresErrorCodes.InvalidCatalogName =>
            $"There is no database {settings.Database} on {settings.Host}: create it, or name another",
        PostgresErrorCodes.UndefinedTable =>
            $"There is no ledger in {settings.Database} on {settings.Host} yet: Bank creates it when it "
            + "first starts",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"{settings.Username} may not bring the schema up to date: name the owner of the tables in "
            + "ConnectionStrings:Owner, or set Database:MigrateOnStart to false here",
        PostgresErrorCodes.UniqueViolation =>
            "The same idempotency key or username exists twice, since the operating system's sort order "
            + "changed under an index: dotnet Bank.dll verify lists them, and docs/running.md, The sort "
            + "order, says what to do",
        PostgresErrorCodes.TooManyConnections =>
            "The server or the role has no connection left: raise max_connections or the role's CONNECTION "
            + "LIMIT, or lower Database:LedgerConnections and Database:GeneralConnections",
        // PgBouncer does not know the session's settings, unless it is configured to ignore them.
        PostgresErrorCodes.ProtocolViolation =>
            "The session does not take the settings that were asked for. "
            + UnexpectedSessionException.Advice,
        _ => "The database cannot be used",
    };
}
