using OpenTelemetry.Trace;

namespace Bank.Infrastructure.Telemetry;

/// <summary>
/// Samples the first requests of each second: all requests of an idle API and a few of a busy one. A fixed
/// ratio would sample too little of the former and too much of the latter. OTEL_TRACES_SAMPLER replaces it.
/// </summary>
sealed class RateLimitingSampler(TimeProvider time) : Sampler
{
    public const int TracesPerSecond = 20;

    long second;
    int traces;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();

        if (Interlocked.Exchange(ref second, now) != now)
            Volatile.Write(ref traces, 0);

        var isSampled = Volatile.Read(ref traces) < TracesPerSecond
            && Interlocked.Increment(ref traces) <= TracesPerSecond;
        return new SamplingResult(isSampled ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
