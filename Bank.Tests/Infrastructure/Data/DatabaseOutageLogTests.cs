using Bank.Infrastructure.Data;
using Bank.Tests.Harness;
using Microsoft.Extensions.Logging;

namespace Bank.Tests.Infrastructure.Data;

public sealed class DatabaseOutageLogTests
{
    readonly SteppedTime time = new();
    readonly Lines lines = new();

    [Fact]
    public void Outage_is_logged_once_a_minute_and_its_end_once()
    {
        var outage = new DatabaseOutageLog(time, lines);

        for (var second = 0; second < 120; second++)
        {
            outage.ReportFailure(
                new InvalidOperationException("outer", new IOException("Connection refused")));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        outage.ReportRecovery();
        outage.ReportRecovery();

        lines.ShouldBe([
            "The database is away: Connection refused",
            "The database is away: Connection refused",
            "The database is back",
        ]);
    }

    [Fact]
    public void Outage_is_logged_once_a_minute_after_a_clock_rollback()
    {
        var outage = new DatabaseOutageLog(time, lines);
        outage.ReportFailure(new IOException("first"));

        time.Ahead = TimeSpan.FromDays(-3650);
        outage.ReportFailure(new IOException("second"));
        time.Advance(TimeSpan.FromMinutes(1));
        outage.ReportFailure(new IOException("third"));

        lines.ShouldBe(["The database is away: first", "The database is away: third"]);
    }

    [Fact]
    public void Flapping_database_is_logged_once_a_minute()
    {
        var outage = new DatabaseOutageLog(time, lines);

        for (var second = 0; second < 60; second++)
        {
            outage.ReportFailure(new IOException("Connection reset"));
            outage.ReportRecovery();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        lines.ShouldBe(["The database is away: Connection reset", "The database is back"]);
    }

    sealed class Lines : List<string>, ILogger<DatabaseOutageLog>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Add(formatter(state, exception));
    }
}
