using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// A slice's one SQL query, which checks, posts and records a whole group of its commands. A command names
/// the query that posts it; a group holds commands of one query.
/// </summary>
interface IMoneyQuery
{
    /// <summary>The kind of its commands in metrics. Dashboards depend on it.</summary>
    string Name { get; }

    /// <summary>Decides and posts the group atomically; returns one row for each of its commands.</summary>
    /// <exception cref="Npgsql.PostgresException">
    /// PostgreSQL refused the query as a whole; nothing was posted.
    /// </exception>
    Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group);
}
