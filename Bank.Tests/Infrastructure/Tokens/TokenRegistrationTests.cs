using Bank.Infrastructure.Auth;
using Bank.Infrastructure.Data;
using Bank.Infrastructure.Problems;
using Bank.Infrastructure.Tokens;
using Bank.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>How the user of a token comes to be.</summary>
public sealed class TokenRegistrationTests(BankServer bank) : IAsyncLifetime
{
    static readonly SignInOrigin Origin = new("203.0.113.7", null);

    readonly RateLimits limits = new(
        new RateLimitOptions { RegistrationsPerAddress = 1 }, TimeProvider.System);

    TestAuthority authority = null!;
    Authority keys = null!;
    TokenVerifier verifier = null!;
    CredentialKind tokens = null!;

    public async ValueTask InitializeAsync()
    {
        authority = await TestAuthority.StartAsync();
        var options = new TokenOptions { Authority = authority.Issuer, Audience = TestAuthority.Audience };
        keys = new Authority(options, TimeProvider.System, NullLogger<Authority>.Instance);
        verifier = new TokenVerifier(options, keys, TimeProvider.System);
        tokens = new TokenSignIn(
            options, verifier, new TokenUserQuery(bank.Services.GetRequiredService<BankDbPool>()),
            new CredentialCache(new PasswordOptions(), TimeProvider.System), limits, TimeProvider.System,
            NullLogger<TokenSignIn>.Instance).Kind;
    }

    public async ValueTask DisposeAsync()
    {
        limits.Dispose();
        verifier.Dispose();
        keys.Dispose();
        await authority.DisposeAsync();
    }

    [Fact]
    public async Task First_tokens_count_as_registrations_of_the_address()
    {
        var (first, second) = ($"{authority.Token()}", $"{authority.Token()}");

        var callers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => tokens.CheckAsync(null, first, Origin).AsTask()));
        var refused = await Should.ThrowAsync<ProblemException>(
            tokens.CheckAsync(null, second, Origin).AsTask());

        callers.Select(caller => caller!.Id).Distinct().ShouldHaveSingleItem();
        refused.Problem.ShouldBe(Problem.TooManyRequests);
        (await tokens.CheckAsync(null, first, Origin)).ShouldNotBeNull().HasPassword.ShouldBeFalse();
        (await tokens.CheckAsync(null, second, new("203.0.113.8", null))).ShouldNotBeNull();
    }

    [Fact]
    public async Task Token_in_place_of_a_password_is_not_verified()
    {
        (await tokens.CheckAsync("ada", $"{authority.Token()}", Origin)).ShouldBeNull();

        authority.Fetches.ShouldBe(0);
    }

    [Fact]
    public async Task Token_that_was_verified_may_wait_for_the_database()
    {
        var token = $"{authority.Token()}";
        tokens.IsKnown(token).ShouldBeFalse();

        await tokens.CheckAsync(null, token, Origin);

        tokens.IsKnown(token).ShouldBeTrue();
        tokens.IsKnown($"{authority.Token()}").ShouldBeFalse();
    }
}
