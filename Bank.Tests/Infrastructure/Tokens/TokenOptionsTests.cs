using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Tokens;
using Microsoft.Extensions.Configuration;

namespace Bank.Tests.Infrastructure.Tokens;

/// <summary>What stops the start, and what it says.</summary>
public sealed class TokenOptionsTests
{
    const string Authority = "https://login.example.com/realms/bank";

    [Theory]
    [InlineData("", "", "bank")]
    [InlineData(Authority, "bank", "bank")]
    [InlineData("https://login.example.com/", "https://bank.example.com", "https://bank.example.com/all")]
    [InlineData("https://10.0.0.7:8443", "api://bank", "b")]
    public void Usable_settings_pass(string authority, string audience, string scope) =>
        Check(authority, audience, scope);

    [Theory]
    [InlineData("", "bank", "bank", "Tokens:Audience is set, but Tokens:Authority is not")]
    [InlineData(Authority, "", "bank", "Tokens:Authority is set, but Tokens:Audience is not")]
    [InlineData("http://login.example.com", "bank", "bank", "must begin with https://")]
    [InlineData("http://127.0.0.1:8080", "bank", "bank", "must begin with https://")]
    [InlineData("login.example.com", "bank", "bank", "must be the address of the authority")]
    [InlineData("/realms/bank", "bank", "bank", "must be the address of the authority")]
    [InlineData("ftp://login.example.com", "bank", "bank", "must be the address of the authority")]
    [InlineData("https://", "bank", "bank", "must be the address of the authority")]
    [InlineData(Authority + "?x=1", "bank", "bank", "must be the address of the authority")]
    [InlineData(Authority + "#x", "bank", "bank", "must be the address of the authority")]
    [InlineData("https://user:password@login.example.com", "bank", "bank", "must be the address of")]
    [InlineData(" " + Authority, "bank", "bank", "must be the address of the authority")]
    [InlineData(Authority, "ba\nnk", "bank", "Tokens:Audience must have at most 255 characters")]
    [InlineData(Authority, "bank", "", "Tokens:Scope is '', but must be one scope")]
    [InlineData(Authority, "bank", "bank read", "Tokens:Scope is 'bank read', but must be one scope")]
    [InlineData(Authority, "bank", "ba\"nk", "but must be one scope")]
    public void Unusable_setting_is_named_in_the_error(
        string authority, string audience, string scope, string error) =>
        Should.Throw<StartupException>(() => Check(authority, audience, scope)).Message.ShouldContain(error);

    [Fact]
    public void Long_settings_are_named_in_the_error()
    {
        var path = new string('a', 256);

        Should.Throw<StartupException>(() => Check($"https://a.example/{path}", "bank", "bank"))
            .Message.ShouldContain("of at most 255 characters");
        Should.Throw<StartupException>(() => Check(Authority, path, "bank"))
            .Message.ShouldContain("at most 255 characters");
    }

    [Fact]
    public void Development_accepts_an_authority_without_TLS() =>
        new TokenOptions { Authority = "http://localhost:8080", Audience = "bank" }.Check(mayUseHttp: true);

    [Theory]
    [InlineData(
        "Tokens:Type", "JWS", "Tokens:Type is 'JWS', but must be one of at+jwt, JWT. Did you mean JWT?")]
    [InlineData("Tokens:Issuer", "x", "Tokens:Issuer is not a setting. Did you mean Tokens:")]
    [InlineData("Tokens:Autority", "x", "Tokens:Autority is not a setting. Did you mean Tokens:Authority?")]
    [InlineData("Token:Authority", "x", "Token:Authority is not a setting. Did you mean Tokens:Authority?")]
    public void Unknown_key_and_type_stop_the_start(string key, string value, string error) =>
        Should.Throw<StartupException>(() => Read(key, value).CheckSettings()).Message.ShouldStartWith(error);

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("AT+JWT")]
    [InlineData("JWT")]
    [InlineData("jwt")]
    public void Type_may_be_written_in_any_case(string type) => Read("Tokens:Type", type).CheckSettings();

    static void Check(string authority, string audience, string scope) =>
        new TokenOptions { Authority = authority, Audience = audience, Scope = scope }
            .Check(mayUseHttp: false);

    static IConfigurationRoot Read(string key, string value) => new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();
}
