using Bank.Features.LiveHistory;
using Bank.Infrastructure.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests.Infrastructure.Configuration;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Live:LookEvery", "")]
    [InlineData("Live:PollInterval", "")]
    [InlineData("Live:LookEvery", "Live:PollInterval")]
    public void A_renamed_option_is_set_by_both_of_its_keys(string one, string other)
    {
        var options = Read([new() { [one] = "00:00:09", [other] = "00:00:09" }]);

        options.PollInterval.ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Theory]
    [InlineData("Live:PollInterval", "Live:LookEvery")]
    [InlineData("Live:LookEvery", "Live:PollInterval")]
    public void Later_source_wins_by_either_key(string earlier, string later)
    {
        var options = Read([new() { [earlier] = "00:00:09" }, new() { [later] = "00:00:10" }]);

        options.PollInterval.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Keys_of_one_option_that_contradict_each_other_are_both_named() =>
        ErrorsOf(new() { ["Live:LookEvery"] = "00:00:09", ["Live:PollInterval"] = "00:00:10" }).ShouldBe([
            "Live:PollInterval is 00:00:10, but its former name Live:LookEvery is 00:00:09: "
            + "remove Live:LookEvery."]);

    [Fact]
    public void Without_either_key_the_default_stays() =>
        Read([]).PollInterval.ShouldBe(new LiveHistoryOptions().PollInterval);

    [Theory]
    [InlineData("Passwords:WorkFactor", "3", "but must be between 4 and 31.")]
    [InlineData("Passwords:WorkFactor", "many", "but must be a whole number.")]
    [InlineData("Passwords:WorkFactor", "12.5", "but must be a whole number.")]
    [InlineData("Passwords:WorkFactor", "", "but must be a whole number.")]
    [InlineData("GroupCommit:LargestBatch", "0", "but must be between 1 and 5000.")]
    [InlineData("Database:MigrateOnStart", "yes", "but must be true or false.")]
    [InlineData("Live:PollInterval", "soon", "but must be a duration, written as hours:minutes:seconds.")]
    [InlineData(
        "Database:CommitTimeout", "5",
        "but must be between 00:00:01 and 01:00:00, written as hours:minutes:seconds; "
        + "a number alone would be days.")]
    [InlineData(
        "Logging:Console:FormatterName", "jsn",
        "but must be one of simple, json, systemd. Did you mean json?")]
    [InlineData("Logging:Console:FormatterOptions:SingleLine", "1", "but must be true or false.")]
    [InlineData(
        "Logging:LogLevel:Bank", "Infomation",
        "but must be one of Trace, Debug, Information, Warning, Error, Critical, None. "
        + "Did you mean Information?")]
    [InlineData(
        "LOGGING:CONSOLE:LOGLEVEL:DEFAULT", "Warn",
        "but must be one of Trace, Debug, Information, Warning, Error, Critical, None. "
        + "Did you mean Warning?")]
    public void Wrong_value_is_named_with_its_key_and_what_is_right(string key, string value, string words) =>
        ErrorsOf(new() { [key] = value }).ShouldBe([$"{key} is '{value}', {words}"]);

    [Fact]
    public void Each_bound_of_every_setting_is_accepted_and_not_passed()
    {
        var bounded = KnownSettings.Own.Where(setting => setting.Range is not null).ToArray();
        bounded.Length.ShouldBeGreaterThan(20);

        foreach (var setting in bounded)
        {
            foreach (var bound in new[] { setting.Range!.Minimum, setting.Range.Maximum })
                ErrorsOf(new() { [setting.Key] = $"{bound}" }).ShouldBeEmpty();

            var beyond = setting.Type == typeof(int) ? "-1" : "2000.00:00:00";
            ErrorsOf(new() { [setting.Key] = beyond }).ShouldHaveSingleItem()
                .ShouldContain("but must be between");
        }
    }

    [Fact]
    public void Key_that_is_too_short_is_refused_and_not_shown() =>
        ErrorsOf(new() { ["Webhooks:Key"] = new string('k', 31) })
            .ShouldBe(["Webhooks:Key has 31 characters, but must have at least 32."]);

    [Fact]
    public void Several_errors_are_reported_together() =>
        ErrorsOf(new() { ["Passwords:MinimumLength"] = "0", ["Limits:RequestsPerUser"] = "-1" })
            .Length.ShouldBe(2);

    static string[] ErrorsOf(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

        try
        {
            configuration.CheckSettings();
            return [];
        }
        catch (StartupException errors)
        {
            return errors.Message.Split(Environment.NewLine);
        }
    }

    static LiveHistoryOptions Read(Dictionary<string, string?>[] sources)
    {
        var configuration = new ConfigurationBuilder();

        foreach (var source in sources)
            configuration.AddInMemoryCollection(source);

        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration.Build())
            .AddSettings<LiveHistoryOptions>()
            .BuildServiceProvider();

        return services.GetRequiredService<LiveHistoryOptions>();
    }
}
