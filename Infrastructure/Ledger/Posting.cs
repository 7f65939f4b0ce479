namespace Bank.Infrastructure.Ledger;

/// <summary>A command on its way to the ledger.</summary>
class Posting<TCommand>(TCommand command, IdempotencyKey? key)
{
    /// <summary>
    /// The id that the command's transaction gets, a UUIDv7 made before anything is sent, so that after a
    /// lost connection it tells whether the command landed.
    /// </summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>What is asked.</summary>
    public TCommand Command { get; } = command;

    /// <summary>The idempotency key, if the caller sent one.</summary>
    public IdempotencyKey? Key { get; } = key;
}
