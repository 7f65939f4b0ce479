
namespace Bank.Benchmarks;

/// <summary>One run of the API while some listen.</summary>
/// <param name="Listeners">How many.</param>
/// <param name="Api">The transfers.</param>
/// <param name="OfApi">The processor time of the API, a transfer.</param>
/// <param name="OfPostgres">That of PostgreSQL.</param>
/// <param name="Latencies">How long it took to each event, in milliseconds.</param>
sealed record LiveRun(
    int Listeners, ApiRun Api, TimeSpan OfApi, TimeSpan OfPostgres, double[] Latencies)
{
    public TimeSpan Used => OfApi + OfPostgres;
}
