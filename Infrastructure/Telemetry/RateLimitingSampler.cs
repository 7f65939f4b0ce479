using OpenTelemetry.Trace;

namespace Bank.Infrastructure.Telemetry;

/// <summary>
/// Traces every request of a quiet API and a few of a busy one: the first ones of every second. A share of all
/// would show nothing of the former and cost the latter too much. OTEL_TRACES_SAMPLER takes its place.
/// </summary>
sealed class RateLimitingSampler(TimeProvider time) : Sampler
{
    /// <summary>How many traces begin in a second.</summary>
    public const int TracesASecond = 20;

    long second;
    int begun;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();

        if (Interlocked.Exchange(ref second, now) != now)
            Volatile.Write(ref begun, 0);

        var isFew = Volatile.Read(ref begun) < TracesASecond && Interlocked.Increment(ref begun) <= TracesASecond;
        return new SamplingResult(isFew ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
