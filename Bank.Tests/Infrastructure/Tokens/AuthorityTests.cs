using Bank.Infrastructure.Problems;
using Bank.Infrastructure.Tokens;
using Bank.Tests.Harness;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>When the keys of the authority are fetched, and what happens without it.</summary>
public sealed class AuthorityTests : IAsyncLifetime
{
    const string UnknownKey = "The authority does not publish the key that signed the token.";

    readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    TestAuthority authority = null!;
    Authority keys = null!;
    TokenVerifier verifier = null!;

    public async ValueTask InitializeAsync()
    {
        authority = await TestAuthority.StartAsync();
        Use(authority.Issuer);
    }

    public async ValueTask DisposeAsync()
    {
        verifier.Dispose();
        await keys.StopAsync(default);
        keys.Dispose();
        await authority.DisposeAsync();
    }

    [Fact]
    public async Task Keys_are_fetched_ahead_and_every_ten_minutes()
    {
        await keys.StartAsync(default);
        await FetchedAsync(1);

        (await VerifyAsync(authority.Token())).Token.ShouldNotBeNull();
        authority.Fetches.ShouldBe(1);
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return authority.Fetches == 2;
            },
            "the keys are fetched again");
    }

    [Fact]
    public async Task Unknown_key_fetches_at_most_once_a_minute()
    {
        await keys.StartAsync(default);
        await FetchedAsync(1);

        await RefuseManyAsync();
        authority.Fetches.ShouldBe(2);
        time.Advance(TimeSpan.FromSeconds(59));
        await RefuseManyAsync();
        authority.Fetches.ShouldBe(2);
        time.Advance(TimeSpan.FromSeconds(2));
        await RefuseManyAsync();
        authority.Fetches.ShouldBe(3);
    }

    [Fact]
    public async Task New_key_is_accepted_with_its_first_token()
    {
        (await VerifyAsync(authority.Token())).Token.ShouldNotBeNull();
        time.Advance(TimeSpan.FromSeconds(61));
        var old = authority.Token();
        authority.Keys.Add(TestKey.Ec());

        (await VerifyAsync(authority.Token())).Token.ShouldNotBeNull();
        (await VerifyAsync(old)).Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task Withdrawn_key_is_refused_after_the_next_fetch()
    {
        var old = authority.Token();
        (await VerifyAsync(old)).Token.ShouldNotBeNull();
        time.Advance(TimeSpan.FromSeconds(61));
        authority.Keys.Add(TestKey.Rsa());
        authority.Keys.RemoveAt(0);

        (await VerifyAsync(authority.Token())).Token.ShouldNotBeNull();
        (await VerifyAsync(old)).Refusal.ShouldBe(UnknownKey);
    }

    [Fact]
    public async Task Authority_that_is_away_refuses_no_known_key()
    {
        await keys.StartAsync(default);
        await FetchedAsync(1);
        await Eventually.TrueAsync(() => keys.Current is not null, "the keys are known");
        var (token, other) = (authority.Token(), authority.Token());
        using var unknown = TestKey.Rsa();
        (await VerifyAsync(token)).Token.ShouldNotBeNull();

        await authority.StopAsync();

        (await VerifyAsync(token)).Token.ShouldNotBeNull();
        (await VerifyAsync(other)).Token.ShouldNotBeNull();
        await ShouldBeAwayAsync(other.WithHeader("kid", unknown.Id) with { Signer = unknown.Sign });
        await authority.RestartAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return await IsRefusedAsync(other.WithHeader("kid", unknown.Id));
            },
            "the authority is asked again");
        (await VerifyAsync(other)).Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task Start_does_not_depend_on_the_authority()
    {
        var token = authority.Token();
        await authority.StopAsync();

        await keys.StartAsync(default);

        await ShouldBeAwayAsync(token);
        await authority.RestartAsync();
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return keys.Current is not null;
            },
            "the authority is asked again");
        (await VerifyAsync(token)).Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task Redirect_to_other_keys_is_not_followed()
    {
        await using var other = await TestAuthority.StartAsync();
        other.Document = () => new() { ["issuer"] = authority.Issuer, ["jwks_uri"] = $"{other.Issuer}/keys" };
        authority.Instead = context =>
        {
            context.Response.Redirect($"{other.Issuer}{context.Request.Path}");
            return Task.CompletedTask;
        };

        await ShouldBeAwayAsync(other.Token().With("iss", authority.Issuer));
        other.Fetches.ShouldBe(0);
    }

    [Fact]
    public async Task Document_that_is_too_large_is_not_read()
    {
        authority.Instead = context => context.Response.WriteAsync(
            $"{{\"issuer\":\"{authority.Issuer}\",\"padding\":\"{new string('a', 300_000)}\"}}");

        await ShouldBeAwayAsync(authority.Token());
    }

    [Fact]
    public async Task Authority_that_does_not_answer_is_away_after_five_seconds()
    {
        var asked = new TaskCompletionSource();
        authority.Instead = context =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        var verifying = VerifyAsync(authority.Token());
        await asked.Task;
        verifying.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(5));

        (await Should.ThrowAsync<ProblemException>(verifying)).Problem.Code.ShouldBe("authority_unavailable");
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"issuer\":7}")]
    [InlineData("{\"issuer\":\"https://other.example.com\",\"jwks_uri\":\"KEYS\"}")]
    [InlineData("{\"issuer\":\"ISSUER\"}")]
    [InlineData("{\"issuer\":\"ISSUER\",\"jwks_uri\":\"\"}")]
    [InlineData("{\"issuer\":\"ISSUER\",\"jwks_uri\":\"file:///etc/passwd\"}")]
    public async Task Unusable_document_leaves_the_known_keys(string document)
    {
        (await VerifyAsync(authority.Token())).Token.ShouldNotBeNull();
        time.Advance(TimeSpan.FromSeconds(61));
        authority.Instead = context => context.Response.WriteAsync(
            document.Replace("ISSUER", authority.Issuer).Replace("KEYS", $"{authority.Issuer}/keys"));

        await ShouldBeAwayAsync(authority.Token().WithHeader("kid", "unknown"));
        (await VerifyAsync(authority.Token())).Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task Trailing_slash_of_the_authority_does_not_matter()
    {
        Use($"{authority.Issuer}/");

        (await VerifyAsync(authority.Token())).Token.ShouldNotBeNull();
    }

    Task<TokenResult> VerifyAsync(TestToken token) => verifier.VerifyAsync($"{token}").AsTask();

    async Task<bool> IsRefusedAsync(TestToken token)
    {
        try
        {
            return (await VerifyAsync(token)).Refusal == UnknownKey;
        }
        catch (ProblemException)
        {
            return false;
        }
    }

    async Task ShouldBeAwayAsync(TestToken token)
    {
        var away = await Should.ThrowAsync<ProblemException>(VerifyAsync(token));
        away.Problem.Code.ShouldBe("authority_unavailable");
        away.Problem.Status.ShouldBe(StatusCodes.Status503ServiceUnavailable);
        away.RetryAfter.ShouldBe(TimeSpan.FromSeconds(5));
    }

    async Task RefuseManyAsync()
    {
        var tokens = Enumerable.Range(0, 50)
            .Select(number => VerifyAsync(authority.Token().WithHeader("kid", $"unknown {number}")));

        (await Task.WhenAll(tokens)).ShouldAllBe(result => result.Refusal == UnknownKey);
    }

    Task FetchedAsync(int count) => Eventually.TrueAsync(
        () => authority.Fetches == count && keys.Current is not null, "the keys are fetched");

    void Use(string address)
    {
        var options = new TokenOptions { Authority = address, Audience = TestAuthority.Audience };
        verifier?.Dispose();
        keys = new Authority(options, time, NullLogger<Authority>.Instance);
        verifier = new TokenVerifier(options, keys, time);
    }
}
