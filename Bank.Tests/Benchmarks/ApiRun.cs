
namespace Bank.Benchmarks;

/// <summary>One run of the API.</summary>
/// <param name="Wrk">What the clients saw.</param>
/// <param name="Transactions">What the ledger gained.</param>
/// <param name="Statements">By how many statements.</param>
/// <param name="Cores">How many cores the API used.</param>
/// <param name="PostgresCores">How many cores PostgreSQL used.</param>
/// <param name="ResidentMegabytes">The API's resident memory at the end.</param>
sealed record ApiRun(
    WrkResult Wrk, long Transactions, long Statements, double Cores, double PostgresCores,
    double ResidentMegabytes)
{
    public double AverageBatch => Statements == 0 ? 0 : Transactions / (double)Statements;

    /// <summary>
    /// Whether the ledger gained exactly what was answered 201, and at most what nobody waited for.
    /// </summary>
    public bool IsExact => Wrk.Broken == 0 && Wrk.Answered == Wrk.Posted
        && Transactions - (Wrk.Answered - Wrk.Refused) is var more && more >= 0 && more <= Wrk.Unread;
}
