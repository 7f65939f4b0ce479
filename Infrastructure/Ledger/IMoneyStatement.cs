using Bank.Infrastructure.Data;

namespace Bank.Infrastructure.Ledger;

/// <summary>
/// A slice's one SQL statement, which checks, updates and records a whole batch of its commands.
/// </summary>
/// <typeparam name="TCommand">What is asked of the slice.</typeparam>
/// <typeparam name="TOutcome">How the slice may decide a command.</typeparam>
interface IMoneyStatement<TCommand, TOutcome>
    where TOutcome : struct, Enum
{
    /// <summary>The outcome of a command that moved money.</summary>
    TOutcome Posted { get; }

    /// <summary>
    /// Decides and posts the batch, atomically, and answers one row for each of its commands.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">
    /// The statement was refused as a whole; nothing was posted.
    /// </exception>
    Task<Decision<TOutcome>[]> PostAsync(BankDb db, Batch<TCommand> batch);
}
