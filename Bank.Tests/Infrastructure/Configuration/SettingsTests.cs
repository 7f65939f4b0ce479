using Bank.Infrastructure.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bank.Tests.Infrastructure.Configuration;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Section:Former", "")]
    [InlineData("Section:Current", "")]
    [InlineData("Section:Former", "Section:Current")]
    public void A_renamed_option_is_set_by_both_of_its_keys(string one, string other)
    {
        var options = Read([new() { [one] = "00:00:09", [other] = "00:00:09" }]);

        options.Current.ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Theory]
    [InlineData("Section:Current", "Section:Former")]
    [InlineData("Section:Former", "Section:Current")]
    public void Later_source_wins_by_either_key(string earlier, string later)
    {
        var options = Read([new() { [earlier] = "00:00:09" }, new() { [later] = "00:00:10" }]);

        options.Current.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Keys_of_one_option_that_contradict_each_other_are_both_named()
    {
        var wrong = Should.Throw<OptionsValidationException>(() => Read(
            [new() { ["Section:Former"] = "00:00:09", ["Section:Current"] = "00:00:10" }]));

        wrong.Message.ShouldBe(
            "Section:Current is 00:00:10, but its former name Section:Former is 00:00:09: "
            + "remove Section:Former.");
    }

    [Fact]
    public void Without_either_key_the_default_stays() =>
        Read([]).Current.ShouldBe(TimeSpan.FromSeconds(1));

    static Options Read(Dictionary<string, string?>[] sources)
    {
        var configuration = new ConfigurationBuilder();

        foreach (var source in sources)
            configuration.AddInMemoryCollection(source);

        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration.Build())
            .AddSettings<Options>("Section")
            .BuildServiceProvider();

        return services.GetRequiredService<Options>();
    }

    sealed class Options
    {
        [FormerKey("Former")]
        public TimeSpan Current { get; init; } = TimeSpan.FromSeconds(1);
    }
}
