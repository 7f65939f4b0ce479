using Bank.Infrastructure.Telemetry;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Trace;

namespace Bank.Tests.Infrastructure.Telemetry;

public sealed class RateLimitingSamplerTests
{
    [Fact]
    public void Sampler_traces_the_first_requests_of_every_second()
    {
        var time = new FakeTimeProvider();
        var sampler = new RateLimitingSampler(time);

        for (var second = 0; second < 3; second++)
        {
            Enumerable.Range(0, 1000)
                .Count(_ => sampler.ShouldSample(default).Decision == SamplingDecision.RecordAndSample)
                .ShouldBe(RateLimitingSampler.TracesPerSecond);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
