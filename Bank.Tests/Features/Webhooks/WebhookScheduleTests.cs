using System.Globalization;
using Bank.Features.Webhooks;
using Microsoft.Extensions.Time.Testing;

namespace Bank.Tests.Features.Webhooks;

public sealed class WebhookScheduleTests
{
    [Theory]
    [InlineData(1, "00:00:05")]
    [InlineData(2, "00:05:00")]
    [InlineData(3, "00:30:00")]
    [InlineData(4, "02:00:00")]
    [InlineData(5, "05:00:00")]
    [InlineData(6, "10:00:00")]
    [InlineData(7, "14:00:00")]
    [InlineData(8, "20:00:00")]
    [InlineData(9, "1.00:00:00")]
    [InlineData(10, null)]
    public void Delay_grows_with_each_failure_and_ends_after_the_tenth(int attempts, string? delay)
    {
        WebhookSchedule.DelayAfter(attempts, null, random: 0.5)
            .ShouldBe(delay is null ? null : Parse(delay));
    }

    [Fact]
    public void Delay_is_up_to_a_tenth_longer_or_shorter()
    {
        WebhookSchedule.DelayAfter(2, null, random: 0).ShouldBe(TimeSpan.FromMinutes(4.5));
        WebhookSchedule.DelayAfter(2, null, random: 1).ShouldBe(TimeSpan.FromMinutes(5.5));
    }

    [Theory]
    [InlineData("00:00:01", "00:05:00")]
    [InlineData("-00:00:01", "00:05:00")]
    [InlineData("01:00:00", "01:00:00")]
    [InlineData("365.00:00:00", "1.00:00:00")]
    public void Retry_After_makes_it_longer_up_to_a_day(string retryAfter, string delay)
    {
        WebhookSchedule.DelayAfter(2, Parse(retryAfter), random: 0.5).ShouldBe(Parse(delay));
    }

    static TimeSpan Parse(string delay) => TimeSpan.Parse(delay, CultureInfo.InvariantCulture);

    [Fact]
    public async Task Slow_requests_leave_room_for_prompt_ones()
    {
        var time = new FakeTimeProvider();
        using var slots = new WebhookSlots(new WebhookOptions { MaxRequests = 4 }, time);
        var endless = new TaskCompletionSource<int>();
        var slow = Enumerable.Range(0, 2).Select(_ => RunAsync(endless.Task)).ToArray();

        var waiting = RunAsync(Task.FromResult(1));
        waiting.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        (await waiting).ShouldBe((1, false));
        var later = slots.RunAsync(isSlow: true, () => Task.FromResult(2), CancellationToken.None);
        (await RunAsync(Task.FromResult(3))).ShouldBe((3, false));
        later.IsCompleted.ShouldBeFalse();
        endless.SetResult(0);

        (await Task.WhenAll(slow)).ShouldBe([(0, true), (0, true)]);
        (await later).ShouldBe((2, false));

        Task<(int, bool)> RunAsync(Task<int> request) =>
            slots.RunAsync(isSlow: false, () => request, CancellationToken.None);
    }
}
