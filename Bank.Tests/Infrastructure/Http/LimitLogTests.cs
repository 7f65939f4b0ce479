using Bank.Infrastructure.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Bank.Tests.Infrastructure.Http;

public sealed class LimitLogTests : ILogger<LimitLog>
{
    readonly List<string> lines = [];

    [Fact]
    public void Limit_log_writes_one_line_a_second_and_counts_the_rest()
    {
        var time = new FakeTimeProvider();
        var log = new LimitLog(time, this);

        for (var request = 0; request < 3000; request++)
        {
            log.Report(new DefaultHttpContext());
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        lines.Count.ShouldBe(3);
        lines[0].ShouldContain("and 0 since");
        lines[1].ShouldContain("and 999 since");
    }

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => lines.Add(formatter(state, exception));

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
}
