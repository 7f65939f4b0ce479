using Bank.Features.Deposits;
using Bank.Infrastructure.Connections;
using Bank.Infrastructure.GroupCommit;
using Bank.Infrastructure.Ledger;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bank.Tests.Infrastructure.GroupCommit;

public sealed class ClockLogTests(BankServer bank)
{
    readonly SteppedTime time = new();
    readonly Lines lines = new();

    [Fact]
    public async Task Account_ahead_of_the_clock_is_logged_once_a_minute()
    {
        var log = Create();

        for (var second = 0; second < 120; second++)
        {
            Check(log, account: 17, DateTimeOffset.UtcNow.AddYears(10));
            Check(log, account: 18, DateTimeOffset.UtcNow);
            await lines.ShouldHaveAsync(1 + second / 60);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        lines.Written.Length.ShouldBe(2);
        lines.Written.ShouldAllBe(line => line.Contains("accounts 17 is at 20") && line.Contains("ahead of"));
    }

    [Theory]
    [InlineData(3, "The database's clock is behind this host's by 03:00:00. ")]
    [InlineData(-3, "The database's clock is ahead of this host's by 03:00:00. ")]
    public async Task Clocks_that_differ_are_logged(int hoursAhead, string line)
    {
        time.Ahead = TimeSpan.FromHours(hoursAhead);
        var log = Create();

        Check(log, account: 17, DateTimeOffset.UtcNow);

        await lines.ShouldHaveAsync(1);
        lines.Written[0].ShouldStartWith(line);

        time.Advance(TimeSpan.FromMinutes(1));
        Check(log, account: 17, DateTimeOffset.UtcNow.AddDays(1));

        await lines.ShouldHaveAsync(3);
        lines.Written[2].ShouldContain("accounts 17 is at ");
    }

    [Fact]
    public void Transaction_at_the_time_of_the_clock_is_not_logged()
    {
        var log = Create();

        for (var turn = 0; turn < 100; turn++)
            Check(log, account: 17, DateTimeOffset.UtcNow);

        lines.Written.ShouldBeEmpty();
    }

    ClockLog Create() => new(bank.Services.GetRequiredService<ConnectionPools>(), time, lines);

    static void Check(ClockLog log, long account, DateTimeOffset at) => log.Check(
        [DepositQuery.Command(1, new(account, 1m)).ToPending()],
        [new PostingRow { Ordinal = 1, Outcome = PostingRow.Posted, CreatedAt = at }]);

    sealed class Lines : ILogger<ClockLog>
    {
        readonly List<string> lines = [];

        public string[] Written
        {
            get
            {
                lock (lines)
                    return [.. lines];
            }
        }

        public Task ShouldHaveAsync(int count) =>
            Eventually.TrueAsync(() => Written.Length >= count, $"{count} lines are written");

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (lines)
                lines.Add(formatter(state, exception));
        }
    }
}
