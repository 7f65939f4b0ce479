namespace Bank.Infrastructure.Connections;

/// <summary>A setting of PostgreSQL on which the ledger depends.</summary>
/// <param name="Name">Its name; <c>enable_%</c> stands for all that begin so.</param>
/// <param name="Value">The value that the API needs, in the unit of <c>pg_settings</c>.</param>
/// <param name="Reason">What another value would do.</param>
/// <param name="Effect">What becomes of a session with another value.</param>
sealed record SessionSetting(
    string Name, string Value, string Reason, SessionEffect Effect = SessionEffect.Set)
{
    /// <summary>Leaves the setting as the role, the database or the server has it.</summary>
    public const string Kept = "";

    /// <summary>The value in sessions that migrate or verify, if it is another one.</summary>
    public string Maintenance { get; init; } = Value;

    /// <summary>
    /// Whether the value is PostgreSQL's default and is set right after connecting: only some versions have
    /// the setting, or the name stands for several.
    /// </summary>
    public bool IsSetLate { get; init; }

    /// <summary>The values that are wrong, if not all others are.</summary>
    public string[] Wrong { get; init; } = [];

    /// <summary>A setting without which no value of this one is wrong, if there is one.</summary>
    public string? Beside { get; init; }

    /// <summary>What to do about another value.</summary>
    public string Remedy { get; init; } = $"set it to {Value}";

    /// <summary>Whether a session has a value that is wrong.</summary>
    public bool IsViolatedBy(string value) => Wrong is [] ? value != Value : Wrong.Contains(value);
}
