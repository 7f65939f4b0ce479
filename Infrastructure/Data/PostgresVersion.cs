namespace Bank.Infrastructure.Data;

/// <summary>Knows which PostgreSQL versions the ledger supports.</summary>
static class PostgresVersion
{
    const int Oldest = 15_00_00;

    /// <summary>Why the ledger does not support the version; null if it does.</summary>
    /// <param name="number">The server's <c>server_version_num</c>: 180001 is 18.1.</param>
    public static string? UnsupportedReason(int number) => number switch
    {
        < Oldest => $"PostgreSQL {Name(number)} is too old: the ledger needs 15 or newer.",
        180000 or 180001 =>
            $"PostgreSQL {Name(number)} may update only one of two rows that a query locked, under "
            + "contention; this was fixed in 18.2. Use 18.2 or newer, or 15 to 17.",
        _ => null,
    };

    /// <summary>The version as text, such as 18.1.</summary>
    public static string Name(int number) => $"{number / 10000}.{number % 10000}";
}
