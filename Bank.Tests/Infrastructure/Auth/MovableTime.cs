namespace Bank.Tests.Infrastructure.Auth;

/// <summary>A clock that stands still until a test moves it.</summary>
sealed class MovableTime : TimeProvider
{
    DateTimeOffset now = DateTimeOffset.UnixEpoch;

    public override DateTimeOffset GetUtcNow() => now;

    public void Move(TimeSpan by) => now += by;
}
