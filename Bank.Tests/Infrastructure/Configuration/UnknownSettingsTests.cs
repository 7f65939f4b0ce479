using Bank.Infrastructure.Configuration;
using Microsoft.Extensions.Configuration;

namespace Bank.Tests.Infrastructure.Configuration;

public sealed class UnknownSettingsTests
{
    static readonly string[] Keys = [.. KnownSettings.Own.Select(setting => setting.Key)];

    [Fact]
    public void Every_setting_with_a_misspelt_key_is_found_and_suggested()
    {
        Keys.Length.ShouldBeGreaterThan(30);

        foreach (var key in Keys.Where(key => !key.EndsWith(":0", StringComparison.Ordinal)))
            ErrorsOf(key[..^1]).ShouldBe([$"{key[..^1]} is not a setting. Did you mean {key}?"]);
    }

    [Fact]
    public void Every_setting_in_a_misspelt_section_is_found_and_suggested()
    {
        foreach (var key in Keys)
            ErrorsOf($"{key[0]}{key[2..]}").ShouldHaveSingleItem().ShouldEndWith($"Did you mean {key}?");
    }

    [Fact]
    public void Every_setting_with_one_underscore_is_found_and_suggested()
    {
        foreach (var key in Keys.Where(key => key.Length > 12))
        {
            var variable = key.Replace(':', '_').ToUpperInvariant();

            ErrorsOf(variable).ShouldBe([$"{variable} is not a setting. Did you mean {key}?"]);
        }
    }

    [Fact]
    public void Every_setting_and_every_former_key_is_known()
    {
        var former = KnownSettings.Own.Select(setting => setting.FormerKey).OfType<string>().ToArray();
        former.Length.ShouldBeGreaterThan(5);

        foreach (var key in (string[])[.. Keys, .. former, "proxies:17", "LIVE:POLLINTERVAL"])
            ErrorsOf(key).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ConnectionStrings:Bnak", "ConnectionStrings:Bank")]
    [InlineData("ConnectionStrings:Default", "ConnectionStrings:")]
    [InlineData("ConnectionString:Bank", "ConnectionStrings:Bank")]
    [InlineData("Passwords:_WorkFactor", "Passwords:WorkFactor")]
    [InlineData("Passwords:WorkFactor:Cost", "Passwords:WorkFactor")]
    [InlineData("Passwords:Something", "Passwords:")]
    [InlineData("Live:LokEvery", "Live:PollInterval")]
    [InlineData("Logging:Request", "Logging:Requests")]
    [InlineData("Logging:LogLevel", "Logging:LogLevel:Default")]
    [InlineData("Logging:LogLevle:Default", "Logging:LogLevel:Default")]
    [InlineData("Logging:Console:FormaterName", "Logging:Console:FormatterName")]
    [InlineData(
        "Logging:Console:FormatterOptions:IncludeScope", "Logging:Console:FormatterOptions:IncludeScopes")]
    [InlineData("Metrics:Adress", "Metrics:Address")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPONT", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("ASPNETCORE_URL", "ASPNETCORE_URLS")]
    [InlineData("ASPNETCORE_HTTP_PORT", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("BANK_MAVEN_REPOSITRY", "BANK_MAVEN_REPOSITORY")]
    public void Misspelt_key_is_found_and_the_nearest_is_suggested(string key, string nearest) =>
        ErrorsOf(key).ShouldHaveSingleItem()
            .ShouldStartWith($"{key} is not a setting. Did you mean {nearest}");

    [Theory]
    [InlineData("urls", "http_ports", "AllowedHosts", "contentRoot", "PATH", "HOME", "DATABASE", "LIVE")]
    [InlineData("Kestrel:Endpoints:Http:Url", "Kestrel:Certificates:Default:Path", "Kestrel:Limits:Anything")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore", "Logging:EventLog:LogLevel:Default")]
    [InlineData("Logging:Console:LogLevel:Default", "Logging:Console:FormatterOptions:TimestampFormat")]
    [InlineData("Logging:Console:FormatterOptions:JsonWriterOptions:Indented", "Logging:CaptureScopes")]
    [InlineData("Logging:Console:MaxQueueLength", "Metrics:EnabledMetrics:System.Runtime")]
    [InlineData("OTEL_SERVICE_NAME", "OTEL_TRACES_SAMPLER_ARG", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")]
    [InlineData("ASPNETCORE_HTTPS_PORT", "ASPNETCORE_FORWARDEDHEADERS_ENABLED", "DOTNET_gcServer")]
    [InlineData("BANK_PASSWORD_LENGTH", "BANK_DATABASE_PASSWORD", "BANK_API_PASSWORD", "BANK_SOAK_LOG")]
    [InlineData("BANK_SERVICE_HOST", "BANK_PORT_8000_TCP_ADDR", "DATABASE_PORT", "DATABASE_URL")]
    [InlineData("ConnectionStrings:Bank_ProviderName", "Serilog:MinimumLevel", "Passenger:Workers")]
    public void Key_of_somebody_else_is_no_error(params string[] keys) =>
        keys.SelectMany(ErrorsOf).ShouldBeEmpty();

    [Fact]
    public void Value_of_an_unknown_key_is_not_repeated() =>
        ErrorsOf("ConnectionStrings:Bnak", "Password=secret").ShouldAllBe(line => !line.Contains("secret"));

    static string[] ErrorsOf(string key) => ErrorsOf(key, "00:00:09");

    static string[] ErrorsOf(string key, string value) =>
        [.. UnknownSettings.Find(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>(key, value)]).Build())];
}
