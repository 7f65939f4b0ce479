namespace Bank.Benchmarks;

/// <summary>One run at scale; 0 is for what was not measured.</summary>
/// <param name="Name">What ran, and in which state.</param>
/// <param name="Rate">Per second.</param>
/// <param name="P50">The median latency in milliseconds.</param>
/// <param name="P99">The 99th percentile of the latency in milliseconds.</param>
/// <param name="BytesEach">Bytes of PostgreSQL's write-ahead log for each transfer.</param>
/// <param name="Megabytes">The API's resident memory.</param>
/// <param name="IsExact">Whether the answers are what the ledger holds.</param>
sealed record ScaleRun(
    string Name, double Rate, double P50 = 0, double P99 = 0, double BytesEach = 0, double Megabytes = 0,
    bool IsExact = true);
