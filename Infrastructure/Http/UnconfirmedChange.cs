using Bank.Infrastructure.Problems;

namespace Bank.Infrastructure.Http;

/// <summary>
/// Endpoint metadata that says how to find out what became of the slice's change when the database did not
/// confirm it.
/// </summary>
sealed class UnconfirmedChange(string how)
{
    /// <summary>What is answered then.</summary>
    public Problem Problem { get; } = Problem.ChangeUnconfirmed with
    {
        Detail = "The database did not confirm the change, which may or may not have been made, or is still "
            + $"to come. {how}",
    };
}
