using Bank.Infrastructure.Connections;
using Bank.Infrastructure.GroupCommit;
using Microsoft.Extensions.Time.Testing;

namespace Bank.Tests.Infrastructure.GroupCommit;

public sealed class WatchdogTests : IDisposable
{
    static readonly DatabaseOptions Options = new();
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    readonly FakeTimeProvider time = new();
    readonly Watchdog watchdog;

    public WatchdogTests() => watchdog = new Watchdog(Options, time);

    public void Dispose() => watchdog.Dispose();

    [Fact]
    public async Task Query_that_ends_before_the_limit_ends_in_time()
    {
        var query = new TaskCompletionSource();
        var wait = watchdog.EndsInTimeAsync(query.Task);

        time.Advance(Options.LockTimeout - Moment);
        wait.IsCompleted.ShouldBeFalse();
        query.SetResult();

        (await wait).ShouldBeTrue();
        (await watchdog.EndsInTimeAsync(Task.CompletedTask)).ShouldBeTrue();
    }

    [Fact]
    public async Task Query_that_fails_before_the_limit_ends_in_time() =>
        (await watchdog.EndsInTimeAsync(Task.FromException(new IOException()))).ShouldBeTrue();

    [Fact]
    public async Task Wait_for_a_slow_query_ends_at_the_limit()
    {
        var wait = watchdog.EndsInTimeAsync(new TaskCompletionSource().Task);

        time.Advance(Options.LockTimeout);

        (await wait).ShouldBeFalse();
    }

    [Fact]
    public async Task Each_query_has_the_whole_limit_for_itself()
    {
        var waits = new List<Task<bool>>();
        var fast = new TaskCompletionSource();
        waits.Add(watchdog.EndsInTimeAsync(fast.Task));

        for (var query = 0; query < 3; query++)
        {
            waits.Add(watchdog.EndsInTimeAsync(new TaskCompletionSource().Task));
            time.Advance(Options.LockTimeout / 4);
        }

        fast.SetResult();

        foreach (var wait in waits[1..])
        {
            time.Advance(Options.LockTimeout / 4 - Moment);
            wait.IsCompleted.ShouldBeFalse();
            time.Advance(Moment);
            (await wait).ShouldBeFalse();
        }

        (await waits[0]).ShouldBeTrue();
    }

    [Fact]
    public async Task Wait_after_a_pause_ends_at_its_own_limit()
    {
        for (var query = 0; query < 3; query++)
        {
            var wait = watchdog.EndsInTimeAsync(new TaskCompletionSource().Task);
            time.Advance(Options.LockTimeout);
            (await wait).ShouldBeFalse();
            time.Advance(Options.LockTimeout / 3);
        }
    }
}
