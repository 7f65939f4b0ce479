using Npgsql;

namespace Bank.Infrastructure.Connections;

/// <summary>The session cannot serve: it is another one, for example behind a pooler.</summary>
sealed class UnexpectedSessionException : NpgsqlException
{
    public const string Advice = "Is there a pooler, such as PgBouncer, in between? "
        + "Connect to PostgreSQL itself; Bank pools its connections";

    /// <param name="reason">What is not as it was asked for.</param>
    public UnexpectedSessionException(string reason)
        : this(reason, Advice)
    {
    }

    UnexpectedSessionException(string reason, string advice)
        : base($"The session is not the one that was asked for: {reason}. {advice}.")
    {
    }

    /// <summary>A setting is wrong that the session cannot set itself.</summary>
    public static UnexpectedSessionException Because(SessionFinding finding) => new(
        $"{finding.Setting.Name} is {finding.Value} ({finding.Origin}), so {finding.Setting.Reason}",
        $"{char.ToUpperInvariant(finding.Setting.Remedy[0])}{finding.Setting.Remedy[1..]}");
}
