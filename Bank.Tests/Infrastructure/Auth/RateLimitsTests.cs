using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Problems;
using Microsoft.Extensions.Time.Testing;

namespace Bank.Tests.Infrastructure.Auth;

/// <summary>Limits of sign-ins, without an API around them.</summary>
public sealed class RateLimitsTests
{
    readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);

    [Fact]
    public void Random_usernames_from_a_blocked_address_are_not_stored()
    {
        using var limits = new RateLimits(new RateLimitOptions { FailedSignInsPerAddress = 2 }, time);
        limits.RecordFailure("one", "address");
        limits.RecordFailure("two", "address");
        var before = limits.StoredKeys;

        for (var name = 0; name < 10_000; name++)
            Should.Throw<ProblemException>(() => limits.ThrowIfBlocked($"name {name}", "address"));

        limits.StoredKeys.ShouldBe(before);
    }

    [Fact]
    public void Names_and_addresses_without_a_failure_are_not_stored()
    {
        using var limits = new RateLimits(new RateLimitOptions(), time);

        for (var name = 0; name < 10_000; name++)
        {
            limits.ThrowIfBlocked($"name {name}", $"address {name}");
            limits.AcquireGuess($"name {name}", $"address {name}").Dispose();
        }

        limits.StoredKeys.ShouldBe(0);
    }

    [Fact]
    public void Failures_block_a_user_until_the_window_has_passed()
    {
        using var limits = new RateLimits(new RateLimitOptions { FailedSignInsPerUser = 2 }, time);
        limits.RecordFailure("ada", "here");
        time.Advance(TimeSpan.FromSeconds(30));
        limits.RecordFailure("ada", "there");

        Should.Throw<ProblemException>(() => limits.ThrowIfBlocked("ada", "elsewhere"))
            .Problem.ShouldBe(Problem.TooManyRequests);
        time.Advance(TimeSpan.FromSeconds(31));
        limits.ThrowIfBlocked("ada", "elsewhere");
    }

    [Fact]
    public void Guesses_at_once_are_bounded_and_released()
    {
        using var limits = new RateLimits(new RateLimitOptions { FailedSignInsPerUser = 2 }, time);
        var first = limits.AcquireGuess("ada", "here");
        using var second = limits.AcquireGuess("ada", "there");

        Should.Throw<ProblemException>(
            () => limits.AcquireGuess("ada", "elsewhere"));
        first.Dispose();
        limits.AcquireGuess("ada", "elsewhere").Dispose();
    }

    [Fact]
    public void Limits_of_0_store_nothing_and_block_nobody()
    {
        using var limits = new RateLimits(
            new RateLimitOptions { FailedSignInsPerUser = 0, FailedSignInsPerAddress = 0 }, time);

        for (var failure = 0; failure < 100; failure++)
            limits.RecordFailure("ada", "here");

        limits.AcquireGuess("ada", "here").Dispose();
        limits.StoredKeys.ShouldBe(0);
    }
}
