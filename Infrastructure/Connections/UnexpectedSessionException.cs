using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>The session is not the requested one, for example behind a pooler.</summary>
sealed class UnexpectedSessionException(string reason)
    : NpgsqlException($"The session is not the one that was asked for: {reason}. {Advice}.")
{
    public const string Advice = "Is there a pooler, such as PgBouncer, in between? "
        + "Connect to PostgreSQL itself; Bank pools its connections";
}
