namespace Bank.Tests.Harness;

/// <summary>
/// A time that passes when the test says so, with a clock that is right or wrong independently of that.
/// </summary>
sealed class SteppedTime : TimeProvider
{
    long passed;

    /// <summary>By how much the clock is ahead of the right time.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref passed);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    public void Advance(TimeSpan time) => Interlocked.Add(ref passed, time.Ticks);
}
