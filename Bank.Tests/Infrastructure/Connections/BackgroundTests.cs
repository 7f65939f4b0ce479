using System.Diagnostics;
using Bank.Infrastructure.Connections;

namespace Bank.Tests.Infrastructure.Connections;

/// <summary>Work in the background belongs to no request.</summary>
public sealed class BackgroundTests
{
    [Fact]
    public async Task Background_work_has_no_trace_before_or_after_a_wait()
    {
        using var request = new Activity("request").Start();

        var (before, after) = await Background.Run(async () =>
        {
            var first = Activity.Current;
            await Task.Yield();
            return (first, Activity.Current);
        });

        before.ShouldBeNull();
        after.ShouldBeNull();
        Activity.Current.ShouldBe(request);
    }

    [Fact]
    public async Task Failing_background_work_throws_only_when_awaited()
    {
        var failing = Background.Run(() => Task.FromException(new InvalidOperationException("broken")));

        await Should.ThrowAsync<InvalidOperationException>(failing);
    }
}
