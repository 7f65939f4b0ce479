namespace Bank.Tests.Harness;

/// <summary>A clock that shows the wrong time and runs at the right speed.</summary>
/// <param name="ahead">By how much it is ahead of the right time.</param>
sealed class ShiftedTime(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
