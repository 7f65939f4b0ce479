using System.Globalization;
using Npgsql;
using static Bank.Infrastructure.Connections.SessionEffect;
using static Bank.Infrastructure.Connections.SessionSetting;

namespace Bank.Infrastructure.Connections;

/// <summary>
/// Every setting of PostgreSQL that could change what a query means, end a session or lose a commit, and what
/// becomes of it. A role, a database, a server or the environment may set each of them. docs/running.md has
/// the same table. Most values are PostgreSQL's own defaults.
/// </summary>
static class SessionSettings
{
    /// <summary>No setting, but compared like one: the version of the database's collation.</summary>
    public const string CollationVersion = "collation version";

    /// <summary>
    /// One row if the operating system's sort order has another version than the database recorded, or none
    /// any more.
    /// </summary>
    public const string ChangedCollation =
        """
        WITH changed_collation AS (
            SELECT datname, datcollversion AS recorded, actual
            FROM pg_database, pg_database_collation_actual_version(oid) AS actual
            WHERE datname = current_database() AND datcollversion IS NOT NULL
              AND datcollversion IS DISTINCT FROM actual
        )

        """;

    const string Meaning = "texts in SQL would be read differently";
    const string Format = "values would be written differently";
    const string Plan = "queries would be planned differently than measured";

    /// <summary>Settings that the driver sends under a keyword of its own.</summary>
    static readonly string[] Keywords = ["TimeZone", "client_encoding"];

    /// <summary>The table.</summary>
    public static IReadOnlyList<SessionSetting> All(DatabaseOptions options) =>
        [.. Transactions(options), .. Texts, .. Planning, .. Compared];

    /// <summary>How the API connects to serve.</summary>
    public static void ApplyTo(NpgsqlConnectionStringBuilder connection, DatabaseOptions options) =>
        Apply(connection, All(options), setting => setting.Value);

    /// <summary>How migrations and <c>verify</c> connect: nothing but the command itself ends them.</summary>
    public static string ForMaintenance(string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        Apply(connection, All(new DatabaseOptions()), setting => setting.Maintenance);

        return connection.ConnectionString;
    }

    /// <summary>
    /// What the options ask for comes before what a role, a database or a server sets, and the last option
    /// wins. The driver reads PGOPTIONS only without options.
    /// </summary>
    static void Apply(
        NpgsqlConnectionStringBuilder connection, IReadOnlyList<SessionSetting> settings,
        Func<SessionSetting, string> valueOf)
    {
        var asked = settings.Where(setting =>
            setting is { Effect: Set, IsSetLate: false } && valueOf(setting) != Kept
            && !Keywords.Contains(setting.Name));
        connection.Options = string.Join(' ',
        [
            connection.Options ?? Environment.GetEnvironmentVariable("PGOPTIONS") ?? "",
            .. asked.Select(setting =>
                $"-c {setting.Name}={valueOf(setting).Replace(" ", @"\ ", StringComparison.Ordinal)}"),
        ]).Trim();
        connection.Timezone = settings.Single(setting => setting.Name == "TimeZone").Value;
        connection.ClientEncoding = settings.Single(setting => setting.Name == "client_encoding").Value;
        connection.Encoding = connection.ClientEncoding;
    }

    static SessionSetting[] Transactions(DatabaseOptions options) =>
    [
        new("default_transaction_isolation", "read committed",
            "a query would judge by an older snapshot than the rows that it locks"),
        new("default_transaction_deferrable", "off", "a transaction would wait before it begins"),
        new("statement_timeout", Milliseconds(options.StatementTimeout),
            "a query would outlive its caller or end early; it is half of `Database:CommitTimeout`")
        { Maintenance = "0" },
        new("lock_timeout", Milliseconds(options.LockTimeout),
            "a query would wait longer for a lock or give up early; it is a twentieth of "
            + "`Database:CommitTimeout`, and a 500th, at least 20, in sessions for money")
        { Maintenance = "0" },
        new("idle_in_transaction_session_timeout", "0", "a session would end between two queries"),
        new("idle_session_timeout", "0", "a session would end while it is idle in its pool"),
        new("transaction_timeout", "0", "a transaction would end early") { IsSetLate = true },
        new("exit_on_error", "off", "every error would end the session"),
        new("client_min_messages", "warning",
            "the warning that a standby has not confirmed a commit would not arrive"),
        new("role", "none", "the API could not end its own lost sessions") { Maintenance = Kept },
        new("row_security", "on", "`verify` would add up only the rows that a policy shows")
        { Maintenance = "off" },
    ];

    static readonly SessionSetting[] Texts =
    [
        new("client_encoding", "UTF8", "names and references would be garbled"),
        new("standard_conforming_strings", "on", Meaning),
        new("backslash_quote", "safe_encoding", Meaning),
        new("array_nulls", "on", Meaning),
        new("transform_null_equals", "off", "`= NULL` would mean `IS NULL`"),
        new("quote_all_identifiers", "off", Format),
        new("TimeZone", "UTC", Format),
        new("DateStyle", "ISO, MDY", Format),
        new("IntervalStyle", "postgres", Format),
        new("bytea_output", "hex", Format),
        new("extra_float_digits", "1", Format),
        new("check_function_bodies", "on", "a faulty function would be found only when it runs"),
        new("default_table_access_method", "heap", "tables could lack row locks or indexes"),
    ];

    static readonly SessionSetting[] Planning =
    [
        new("plan_cache_mode", "force_generic_plan", "queries would be planned again for every group")
        { Maintenance = Kept },
        new("jit", "off", "queries would be compiled for longer than they run") { Maintenance = Kept },
        .. Array.ConvertAll(
            (string[])
            [
                @"enable\_%", "from_collapse_limit", "join_collapse_limit", "geqo", "constraint_exclusion",
                "force_parallel_mode", "debug_parallel_query",
            ],
            name => new SessionSetting(name, "its default", Plan) { Maintenance = Kept, IsSetLate = true }),
    ];

    static readonly SessionSetting[] Compared =
    [
        new("server_encoding", "UTF8", "the database cannot store every name and reference", Refused)
        { Remedy = "create the database with ENCODING 'UTF8' TEMPLATE template0" },
        new("session_replication_role", "origin", "the triggers that protect the ledger do not run", Refused),
        new("zero_damaged_pages", "off", "damaged pages are read as empty", Refused),
        new("ignore_checksum_failure", "off", "damaged pages are read as if they were whole", Refused),
        new("default_transaction_read_only", "off", "no money can be moved", NotReady),
        new("synchronous_commit", "on", "a crash of the server would forget confirmed money", Raised)
        { Wrong = ["off"] },
        new("synchronous_commit", "on", "a failover may forget confirmed money", Logged)
        { Wrong = ["local", "remote_write"], Beside = "synchronous_standby_names" },
        new("fsync", "on", "a crash of the server's machine may forget confirmed money", Logged),
        new("full_page_writes", "on", "a crash of the server's machine may damage the ledger", Logged),
        new("data_sync_retry", "off", "a failed write to the disk may forget confirmed money", Logged),
        new(CollationVersion, "the operating system's", "indexes may be in another order", Logged)
        { Remedy = "REINDEX the database, then ALTER DATABASE … REFRESH COLLATION VERSION" },
    ];

    static string Milliseconds(TimeSpan time) =>
        time.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);
}
