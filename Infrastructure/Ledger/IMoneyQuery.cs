using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// A slice's one SQL statement, which checks, updates and records a whole batch of its commands.
/// </summary>
interface IMoneyQuery
{
    /// <summary>The kind of command that it posts.</summary>
    Type Command { get; }

    /// <summary>
    /// Decides and posts the batch, atomically, and answers one row for each of its commands.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">
    /// The statement was refused as a whole; nothing was posted.
    /// </exception>
    Task<PostingRow[]> ExecuteAsync(BankDb db, CommandGroup group);
}
