using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Problems;
using Microsoft.Extensions.Time.Testing;

namespace Bank.Tests.Infrastructure.Auth;

/// <summary>Limits of failed sign-ins, without an API around them.</summary>
public sealed class FailedSignInsTests
{
    static readonly SignInOrigin Home = new("home", "connection at home");

    readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    int connections;

    [Fact]
    public void Random_usernames_from_a_blocked_address_are_not_stored()
    {
        using var limits = NewLimits(perAddress: 2);
        limits.Add("one", Proxied("address"));
        limits.Add("two", Proxied("address"));
        var before = limits.StoredKeys;

        for (var name = 0; name < 10_000; name++)
            Should.Throw<ProblemException>(() => limits.ThrowIfBlocked($"name {name}", Proxied("address")));

        limits.StoredKeys.ShouldBe(before);
    }

    [Fact]
    public void Names_and_addresses_without_a_failure_are_not_stored()
    {
        using var limits = NewLimits();

        for (var name = 0; name < 10_000; name++)
        {
            var origin = New($"address {name}");
            limits.ThrowIfBlocked($"name {name}", origin);
            limits.Begin($"name {name}", origin)(false);
        }

        limits.StoredKeys.ShouldBe(0);
    }

    [Fact]
    public void Failures_block_an_address_until_the_window_has_passed()
    {
        using var limits = NewLimits(perUser: 2);
        Fail(limits, Proxied("office"), times: 2);
        time.Advance(TimeSpan.FromSeconds(30));
        Fail(limits, Proxied("office"));

        Should.Throw<ProblemException>(() => limits.ThrowIfBlocked("ada", Proxied("office")))
            .Problem.ShouldBe(Problem.TooManyRequests);
        time.Advance(TimeSpan.FromSeconds(31));
        limits.ThrowIfBlocked("ada", Proxied("office"));
    }

    [Fact]
    public async Task Wrong_keys_from_elsewhere_keep_no_user_out()
    {
        using var limits = new RateLimits(new RateLimitOptions(), time);

        for (var guess = 0; guess < 100; guess++)
            (await TryKeyAsync(limits, Proxied("attic")))?.Dispose();

        (await TryKeyAsync(limits, Proxied("attic"))).ShouldBeNull();
        (await TryKeyAsync(limits, Home)).ShouldNotBeNull("the password may look like a key").Dispose();
    }

    [Theory]
    [InlineData(10, 15)]
    [InlineData(3, 5)]
    public void Guesses_from_one_address_are_bounded(int perUser, int allowed)
    {
        using var limits = NewLimits(perUser, perAddress: 0);

        Guess(limits, times: 1000, _ => New("attic")).ShouldBe(allowed);
        Guess(limits, times: 1000, _ => Proxied("attic")).ShouldBe(0);
        limits.ThrowIfBlocked("ada", Home);
    }

    [Theory]
    [InlineData(10, 110)]
    [InlineData(3, 43)]
    public void Guesses_from_many_addresses_are_bounded(int perUser, int allowed)
    {
        using var limits = NewLimits(perUser);

        Guess(limits, times: 20_000, guess => New($"address {guess % 1000}")).ShouldBe(allowed);
        Should.Throw<ProblemException>(() => limits.ThrowIfBlocked("ada", Home));
    }

    [Fact]
    public void Guesses_from_one_address_as_many_users_are_bounded()
    {
        using var limits = NewLimits(perAddress: 50);

        Guess(limits, times: 500, _ => New("attic"), guess => $"user {guess}").ShouldBe(100);
        Should.Throw<ProblemException>(() => limits.ThrowIfBlocked("ada", New("attic")));
        limits.ThrowIfBlocked("ada", Home);
    }

    [Fact]
    public void Guesses_on_one_connection_leave_others_of_its_address()
    {
        using var limits = NewLimits();
        var stranger = New("home");

        Guess(limits, times: 500, _ => stranger).ShouldBe(10);
        Guess(limits, times: 500, _ => stranger, guess => $"user {guess}").ShouldBe(40);

        Should.Throw<ProblemException>(() => limits.ThrowIfBlocked("ada", stranger));
        limits.ThrowIfBlocked("ada", Home);
    }

    [Fact]
    public void Stranger_at_the_limit_leaves_a_share_behind_a_proxy()
    {
        using var limits = NewLimits();

        Guess(limits, times: 12, _ => Proxied("home")).ShouldBe(12);

        limits.ThrowIfBlocked("ada", Proxied("home"));
    }

    [Fact]
    public void Concurrent_guesses_count_until_they_end()
    {
        using var limits = NewLimits(perUser: 2);
        var ends = Enumerable.Range(0, 3).Select(_ => limits.Begin("ada", Proxied("home"))).ToArray();

        Should.Throw<ProblemException>(() => limits.Begin("ada", Proxied("home")))
            .RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        ends[2](false);
        limits.Begin("ada", Proxied("home"))(true);
        ends[0](true);
        ends[1](true);
        Should.Throw<ProblemException>(() => limits.Begin("ada", Proxied("home")))
            .RetryAfter.ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Failures_where_the_user_is_known_use_up_no_share()
    {
        using var limits = NewLimits(perUser: 2);

        for (var failure = 0; failure < 10; failure++)
            limits.Add("ada", Proxied("home"));

        limits.ThrowIfBlocked("ada", Proxied("home"));
    }

    [Fact]
    public void Limits_of_0_block_nobody()
    {
        using var limits = NewLimits(perUser: 0, perAddress: 0);

        Guess(limits, times: 500, _ => Home).ShouldBe(500);
    }

    FailedSignIns NewLimits(int perUser = 10, int perAddress = 50) => new(
        new RateLimitOptions { FailedSignInsPerUser = perUser, FailedSignInsPerAddress = perAddress }, time);

    /// <summary>A new connection from an address.</summary>
    SignInOrigin New(string address) => new(address, $"connection {++connections}");

    /// <summary>An address behind a proxy, whose connections say nothing.</summary>
    static SignInOrigin Proxied(string address) => new(address, null);

    static void Fail(FailedSignIns limits, SignInOrigin origin, int times = 1) =>
        Guess(limits, times, _ => origin).ShouldBe(times);

    /// <summary>The number of guesses that are not refused.</summary>
    static int Guess(
        FailedSignIns limits, int times, Func<int, SignInOrigin> origin, Func<int, string>? username = null)
    {
        var allowed = 0;

        for (var guess = 0; guess < times; guess++)
        {
            try
            {
                limits.Begin(username?.Invoke(guess) ?? "ada", origin(guess))(true);
                allowed++;
            }
            catch (ProblemException)
            {
                // It is beyond the limit.
            }
        }

        return allowed;
    }

    /// <summary>Tries a wrong password that looks like a key.</summary>
    static async Task<PasswordCheck?> TryKeyAsync(RateLimits limits, SignInOrigin origin)
    {
        var check = await limits.TryBeginCheckAsync(
            new BasicCredentials("ada", KeyText.Create()), origin, isKnown: () => false);
        check?.HasFailed = true;

        return check;
    }
}
