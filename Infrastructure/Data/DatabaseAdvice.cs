using Bank.Infrastructure.Connections;
using Npgsql;

namespace Bank.Infrastructure.Data;

/// <summary>What to do about a database that cannot be started on, in words.</summary>
static class DatabaseAdvice
{
    /// <param name="refused">What the database, or the way to it, said.</param>
    /// <param name="settings">How to connect to it.</param>
    public static string For(NpgsqlException refused, NpgsqlConnectionStringBuilder settings) =>
        refused is PostgresException said
            ? $"{For(said.SqlState, settings)} ({said.SqlState}: {said.MessageText})"
            : $"The database cannot be reached: {refused.Message}";

    static string For(string code, NpgsqlConnectionStringBuilder settings) => code switch
    {
        PostgresErrorCodes.InvalidPassword =>
            $"""
            The database keeps the password that it was made with: connect with that one, or change it there
            (docker compose exec database psql -U {settings.Username} -d {settings.Database}, then \password)
            """,
        PostgresErrorCodes.InvalidCatalogName =>
            $"There is no database {settings.Database} on {settings.Host}: create it, or name another",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"{settings.Username} may not bring the schema up to date: name who owns the tables in "
            + "ConnectionStrings:Owner, or set Database:MigrateOnStart to false here",
        // PgBouncer knows no settings of a session, unless it is told to ignore them.
        PostgresErrorCodes.ProtocolViolation =>
            $"The session does not take the settings that were asked for. {UnexpectedSessionException.Advice}",
        _ => "The database cannot be used",
    };
}
