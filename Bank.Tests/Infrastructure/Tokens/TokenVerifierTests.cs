using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bank.Infrastructure.Tokens;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>Which tokens are accepted, and what they allow.</summary>
public sealed class TokenVerifierTests : IAsyncLifetime
{
    const string Algorithm = "The token is not signed with an accepted algorithm.";
    const string Signature = "The token's signature is invalid.";
    const string UnknownKey = "The authority does not publish the key that signed the token.";
    const string Malformed = "The token is malformed.";

    readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    TestAuthority authority = null!;
    Authority keys = null!;
    TokenVerifier verifier = null!;

    public async ValueTask InitializeAsync()
    {
        authority = await TestAuthority.StartAsync();
        Use(new TokenOptions { Authority = authority.Issuer, Audience = TestAuthority.Audience });
    }

    public async ValueTask DisposeAsync()
    {
        verifier.Dispose();
        await keys.StopAsync(default);
        await authority.DisposeAsync();
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public async Task Algorithm_with_a_public_key_is_accepted(string algorithm)
    {
        authority.Keys.Add(algorithm[0] == 'E' ? TestKey.Ec(algorithm) : TestKey.Rsa(algorithm));
        var token = authority.Token("ada");

        var verified = (await verifier.VerifyAsync($"{token}")).Token.ShouldNotBeNull();

        verified.Issuer.ShouldBe(authority.Issuer);
        verified.Subject.ShouldBe("ada");
        verified.Access.ShouldBe(TokenAccess.Full);
    }

    [Fact]
    public async Task Algorithm_without_a_public_key_is_refused()
    {
        var token = authority.Token();
        var secret = authority.Key.ToPem();

        await ShouldRefuseAsync(token.WithHeader("alg", "none"), Algorithm);
        await ShouldRefuseAsync(token.WithHeader("alg", "none") with { Signer = _ => [] }, Algorithm);
        await ShouldRefuseAsync(token.WithHeader("alg", "None") with { Signer = _ => [] }, Algorithm);
        await ShouldRefuseAsync(
            token.WithHeader("alg", "HS256") with { Signer = text => HMACSHA256.HashData(secret, text) },
            Algorithm);
        await ShouldRefuseAsync(token.WithHeader("alg", "rs256"), Algorithm);
        await ShouldRefuseAsync(token.WithHeader("alg", null), Algorithm);
        await ShouldRefuseAsync(token.WithHeader("alg", "EdDSA"), Algorithm);
        authority.Fetches.ShouldBe(0);
    }

    [Fact]
    public async Task Signature_of_another_key_is_refused()
    {
        using var other = TestKey.Rsa();
        var token = authority.Token();
        var text = $"{token}";

        await ShouldRefuseAsync(token with { Signer = other.Sign }, Signature);
        await ShouldRefuseAsync(token with { Signer = _ => [] }, Signature);
        await ShouldRefuseAsync(token.WithHeader("alg", "RS384"), Signature);
        await ShouldRefuseAsync(token.WithHeader("alg", "PS256"), Signature);
        await ShouldRefuseAsync(token.WithHeader("kid", null) with { Signer = other.Sign }, Signature);
        (await verifier.VerifyAsync(
            $"{text.Split('.')[0]}.{TestToken.Encode(token.With("sub", "ada").Payload.ToJsonString())}."
            + text.Split('.')[2])).Refusal.ShouldBe(Signature);
    }

    /// <summary>A key that the token itself brings along, or tells where to find, is never used.</summary>
    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("' OR 1=1 --")]
    [InlineData("http://169.254.169.254/keys")]
    [InlineData("0")]
    public async Task Key_of_the_token_is_not_used(string kid)
    {
        using var own = TestKey.Rsa();
        var token = authority.Token().WithHeader("kid", kid).WithHeader("jwk", own.ToJson())
            .WithHeader("jku", $"{authority.Issuer}/keys").WithHeader("x5u", $"{authority.Issuer}/keys");

        await ShouldRefuseAsync(token with { Signer = own.Sign }, UnknownKey);
    }

    [Fact]
    public async Task Token_without_a_key_id_is_tried_with_every_key()
    {
        authority.Keys.Insert(0, TestKey.Rsa());
        authority.Keys.Insert(0, TestKey.Ec());

        (await VerifyAsync(authority.Token().WithHeader("kid", null))).Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task Key_that_is_not_for_these_signatures_is_not_used()
    {
        authority.Keys.Add(TestKey.Rsa(bits: 1024));
        await ShouldRefuseAsync(authority.Token(), UnknownKey);

        foreach (var (name, value) in new[] { ("use", "enc"), ("alg", "RS384"), ("alg", "RSA-OAEP") })
        {
            await using var other = await TestAuthority.StartAsync();
            other.Keys.Add(TestKey.Rsa());
            other.Key.Members[name] = value;
            using var verifies = new TokenVerifier(
                new TokenOptions { Authority = other.Issuer, Audience = TestAuthority.Audience },
                new Authority(
                    new TokenOptions { Authority = other.Issuer }, time, NullLogger<Authority>.Instance),
                time);

            (await verifies.VerifyAsync($"{other.Token()}")).Refusal.ShouldBe(UnknownKey, name);
        }
    }

    [Fact]
    public async Task Token_of_another_issuer_or_audience_is_refused()
    {
        var token = authority.Token();

        await ShouldRefuseAsync(token.With("aud", "https://other.example.com"), "another audience");
        await ShouldRefuseAsync(token.With("aud", $"{TestAuthority.Audience}/"), "another audience");
        await ShouldRefuseAsync(
            token.With("aud", TestAuthority.Audience.ToUpperInvariant()), "another audience");
        await ShouldRefuseAsync(token.With("aud", new JsonArray("a", "b")), "another audience");
        await ShouldRefuseAsync(token.With("aud", null), "another audience");
        await ShouldRefuseAsync(token.With("iss", "https://other.example.com"), "another issuer");
        await ShouldRefuseAsync(token.With("iss", $"{authority.Issuer}/"), "another issuer");
        await ShouldRefuseAsync(token.With("iss", null), "another issuer");
        (await VerifyAsync(token.With("aud", new JsonArray("a", TestAuthority.Audience))))
            .Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task Clocks_may_differ_by_30_seconds()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var token = authority.Token();

        (await VerifyAsync(token.With("exp", now - 28))).Token.ShouldNotBeNull();
        (await VerifyAsync(token.With("nbf", now + 28))).Token.ShouldNotBeNull();
        await ShouldRefuseAsync(token.With("exp", now - 31), "expired");
        await ShouldRefuseAsync(token.With("nbf", now + 32), "not valid yet");
        await ShouldRefuseAsync(token.With("exp", null), "when it expires");
        await ShouldRefuseAsync(token.With("exp", 0), "expired");
        await ShouldRefuseAsync(token.With("exp", -1), "expired");
    }

    [Theory]
    [InlineData("at+jwt", "at+jwt", true)]
    [InlineData("AT+JWT", "at+jwt", true)]
    [InlineData("application/at+jwt", "at+jwt", true)]
    [InlineData("JWT", "at+jwt", false)]
    [InlineData(null, "at+jwt", false)]
    [InlineData("secevent+jwt", "at+jwt", false)]
    [InlineData("JWT", "JWT", true)]
    [InlineData("jwt", "JWT", true)]
    [InlineData("at+jwt", "JWT", true)]
    [InlineData(null, "JWT", true)]
    [InlineData("secevent+jwt", "JWT", false)]
    [InlineData("dpop+jwt", "JWT", false)]
    public async Task Type_is_the_configured_one(string? type, string setting, bool isAccepted)
    {
        Use(new TokenOptions
        {
            Authority = authority.Issuer,
            Audience = TestAuthority.Audience,
            Type = setting,
        });

        var (verified, refusal) = await VerifyAsync(authority.Token().WithHeader("typ", type));

        (verified is not null).ShouldBe(isAccepted, refusal);
        refusal.ShouldBe(isAccepted ? "" : $"The token's type is not {setting}.");
    }

    [Fact]
    public async Task Token_with_a_critical_extension_is_refused()
    {
        await ShouldRefuseAsync(
            authority.Token().WithHeader("crit", new JsonArray("exp")).WithHeader("exp", 1),
            "critical extension");
        await ShouldRefuseAsync(
            authority.Token().WithHeader("crit", new JsonArray("b64")).WithHeader("b64", false),
            "critical extension");
    }

    [Theory]
    [InlineData("scope", "\"bank\"", TokenAccess.Full)]
    [InlineData("scope", "\"openid bank.read bank\"", TokenAccess.Full)]
    [InlineData("scope", "\"openid bank.read\"", TokenAccess.Read)]
    [InlineData("scope", "[\"openid\", \"bank.read\"]", TokenAccess.Read)]
    [InlineData("scope", "\"banking Bank bank. bank.write\"", TokenAccess.None)]
    [InlineData("scope", "\"\"", TokenAccess.None)]
    [InlineData("scope", "7", TokenAccess.None)]
    [InlineData("scope", "{\"bank\": \"bank\"}", TokenAccess.None)]
    [InlineData("scp", "\"bank\"", TokenAccess.Full)]
    [InlineData("scp", "[\"bank.read\"]", TokenAccess.Read)]
    [InlineData("roles", "[\"bank\"]", TokenAccess.Full)]
    [InlineData("roles", "[\"bank.read\", \"other\"]", TokenAccess.Read)]
    [InlineData("groups", "[\"bank\"]", TokenAccess.None)]
    public async Task Scope_decides_what_a_token_allows(string claim, string value, object access)
    {
        var token = authority.Token().With("scope", null).With(claim, JsonNode.Parse(value));

        (await VerifyAsync(token)).Token.ShouldNotBeNull().Access.ShouldBe((TokenAccess)access);
    }

    [Fact]
    public async Task Role_of_a_user_does_not_widen_the_scope_of_a_token()
    {
        var token = authority.Token().With("scope", null).With("scp", "bank.read")
            .With("roles", new JsonArray("bank"));

        (await VerifyAsync(token)).Token.ShouldNotBeNull().Access.ShouldBe(TokenAccess.Read);
        (await VerifyAsync(token.With("scp", ""))).Token.ShouldNotBeNull().Access.ShouldBe(TokenAccess.None);
    }

    [Fact]
    public async Task Subject_must_be_a_text_of_at_most_255_characters()
    {
        var token = authority.Token();

        (await VerifyAsync(token.With("sub", new string('é', 255)))).Token.ShouldNotBeNull();

        foreach (var subject in new JsonNode?[] { null, "", new string('a', 256), "a\0b" })
            await ShouldRefuseAsync(token.With("sub", subject), "subject");
    }

    [Fact]
    public async Task Text_that_is_no_signed_token_is_refused()
    {
        var (text, header) = ($"{authority.Token()}", TestToken.Encode("{\"alg\":\"RS256\"}"));
        var deep = string.Concat(Enumerable.Repeat("[", 1000)) + string.Concat(Enumerable.Repeat("]", 1000));
        string[] texts =
        [
            ".", "..", "...", "....", "a.b.c", "é.é.é", $"{text}.", $"{text}.a.b", $".{text}",
            text[..^1] + "*",
            $"{header}..", $"{header}.{TestToken.Encode("null")}.", $"{header}.{TestToken.Encode("[]")}.a",
            $"{header}.{TestToken.Encode("{")}.a", $"{header}.{TestToken.Encode("{\"exp\":1e999}")}.a",
            $"{header}.{TestToken.Encode($"{{\"sub\":{deep}}}")}.a", $"{TestToken.Encode(deep)}.{header}.a",
            $"{header}.{TestToken.Encode("{\"sub\":\"\\ud800\"}")}.a",
            $"{TestToken.Encode("{\"alg\":7}")}.{header}.a", $"{TestToken.Encode("{\"alg\":[]}")}.{header}.a",
            $"{TestToken.Encode("{\"alg\":\"dir\",\"enc\":\"A128GCM\"}")}..a.a.a",
            $"{TestToken.Encode("{\"alg\":\"RS256\",\"typ\":{},\"kid\":[]}")}.{header}.a",
        ];

        foreach (var wrong in texts)
            (await verifier.VerifyAsync(wrong)).Token.ShouldBeNull(wrong);

        (await verifier.VerifyAsync("a.b.c")).Refusal.ShouldBe(Malformed);
    }

    [Fact]
    public async Task Claim_of_the_wrong_kind_is_refused()
    {
        var token = authority.Token();
        JsonNode?[] values =
        [
            JsonNode.Parse("{}"), JsonNode.Parse("[]"), JsonNode.Parse("[[]]"), JsonNode.Parse("1e999"),
            JsonNode.Parse("99999999999999999999999"), JsonNode.Parse("\"x\""), JsonNode.Parse("true"),
        ];

        foreach (var claim in new[] { "iss", "aud", "exp", "nbf", "sub" })
        {
            foreach (var value in values)
            {
                var (verified, _) = await VerifyAsync(token.With(claim, value?.DeepClone()));
                var isText = claim is "sub" && value!.ToJsonString() is "\"x\"";
                (verified is null || isText || claim is "sub").ShouldBeTrue($"{claim} {value}");
            }
        }
    }

    [Fact]
    public async Task Huge_token_is_refused_before_it_is_read()
    {
        var longest = authority.Token().With("padding", new string('a', 5000));
        var huge = longest.With("padding", new string('a', 6500));

        $"{longest}".Length.ShouldBeLessThanOrEqualTo(TokenVerifier.MaxTokenLength);
        (await VerifyAsync(longest)).Token.ShouldNotBeNull();
        $"{huge}".Length.ShouldBeGreaterThan(TokenVerifier.MaxTokenLength);
        await ShouldRefuseAsync(huge, "longer than 8192 characters");
    }

    [Fact]
    public async Task Verified_token_counts_until_it_expires()
    {
        var text = $"{authority.Token()}";
        var first = (await verifier.VerifyAsync(text)).Token.ShouldNotBeNull();

        (await verifier.VerifyAsync(text)).Token.ShouldBeSameAs(first);
        time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(31));
        (await verifier.VerifyAsync(text)).Refusal.ShouldBe("The token has expired.");
    }

    Task<TokenResult> VerifyAsync(TestToken token) => verifier.VerifyAsync($"{token}").AsTask();

    async Task ShouldRefuseAsync(TestToken token, string reason)
    {
        var (verified, refusal) = await VerifyAsync(token);
        verified.ShouldBeNull($"{token.Header} {token.Payload}");
        refusal.ShouldContain(reason, customMessage: $"{token.Header} {token.Payload}");
    }

    void Use(TokenOptions options)
    {
        verifier?.Dispose();
        keys = new Authority(options, time, NullLogger<Authority>.Instance);
        verifier = new TokenVerifier(options, keys, time);
    }
}
