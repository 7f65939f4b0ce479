using System.Diagnostics;
using Bank.Infrastructure.Configuration;
using Bank.Infrastructure.Hosting;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Hosting;

public sealed class CommandLineTests(BankServer bank)
{
    [Theory]
    [InlineData("verfy", "'verfy' is not a command. Did you mean verify, as the first argument?")]
    [InlineData("Verify", "'Verify' is not a command. Did you mean verify")]
    [InlineData("helth", "'helth' is not a command. Did you mean health")]
    [InlineData("--urls=http://localhost:0 verify", "'verify' is not a command")]
    [InlineData("verify verify", "'verify' is not a command")]
    [InlineData("health now", "'now' is not a command")]
    [InlineData("--verify", "--verify is not a setting. Did you mean verify?")]
    [InlineData("WorkFactor=13", "Did you mean --Passwords:WorkFactor?")]
    [InlineData("--ulrs=http://localhost:0", "--ulrs is not a setting. Did you mean --urls?")]
    [InlineData("--ulrs http://localhost:0", "--ulrs is not a setting. Did you mean --urls?")]
    [InlineData("/ulrs=http://localhost:0", "/ulrs is not a setting. Did you mean --urls?")]
    [InlineData("ulrs=http://localhost:0", "ulrs is not a setting. Did you mean --urls?")]
    [InlineData("-urls=http://localhost:0", "-urls is not a setting. Did you mean --urls?")]
    [InlineData("-v", "'-v' is not a command")]
    [InlineData("--Passwords:WorkFacto=13", "Did you mean --Passwords:WorkFactor?")]
    [InlineData("--Passwords-WorkFactor=13", "Did you mean --Passwords:WorkFactor?")]
    [InlineData("--Passwords__WorkFactor=13", "Did you mean --Passwords:WorkFactor?")]
    [InlineData("verify --ConnectionStrings:Bnak=Host=db", "Did you mean --ConnectionStrings:Bank?")]
    [InlineData("--FormatterName=json", "Did you mean --Logging:Console:FormatterName?")]
    [InlineData("--Logging:Requests", "--Logging:Requests has no value. Write --Logging:Requests=value.")]
    [InlineData("--urls --Logging:Requests=true", "--urls has no value.")]
    public void Argument_that_is_not_understood_is_named(string arguments, string words) =>
        Should.Throw<StartupException>(() => CommandLine.Check(arguments.Split(' ')))
            .Message.ShouldContain(words);

    [Theory]
    [InlineData("")]
    [InlineData("verify")]
    [InlineData("health")]
    [InlineData("verify --ConnectionStrings:Bank=Host=db --Database:StartTimeout 00:00:01")]
    [InlineData("--urls http://localhost:9000 --environment=Development --contentRoot /app")]
    [InlineData("/urls=http://localhost:9000 urls=http://localhost:9000 --URLS=http://localhost:9000")]
    [InlineData("--http_ports=8080 --https_ports=8443 --applicationName=Bank --AllowedHosts=*")]
    [InlineData("--Kestrel:Endpoints:Http:Url=http://localhost:9000 --Logging:LogLevel:Default=Debug")]
    [InlineData("--OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 --Proxies:0=10.0.0.5")]
    [InlineData("--Live:LookEvery=00:00:01 --Limits:RequestsPerUser -1")]
    public void Argument_of_the_host_or_of_a_setting_is_accepted(string arguments) =>
        CommandLine.Check(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void Address_with_a_password_is_not_repeated() =>
        Should.Throw<StartupException>(() => CommandLine.Check(["postgres://bank:secret@db/bank"]))
            .Message.ShouldNotContain("secret");

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    [InlineData("verify --help")]
    public void Help_names_every_command_and_every_setting(string arguments)
    {
        var help = CommandLine.Information(arguments.Split(' '))!;

        foreach (var word in (string[])["verify", "health", "--version", "docs/configuration.md"])
            help.ShouldContain(word);

        foreach (var setting in KnownSettings.Own)
            help.ShouldContain(setting.Key);

        help.Split('\n').ShouldAllBe(line => line.Length <= 110);
    }

    [Theory, Trait("Speed", "Slow")]
    [InlineData("--help", 0, "Bank ")]
    [InlineData("--version", 0, "Bank 1.")]
    [InlineData("verfy", 1, "'verfy' is not a command")]
    [InlineData("verify --urls", 2, "--urls has no value")]
    [InlineData("--Passwords:WorkFacto=13", 1, "--Passwords:WorkFacto is not a setting")]
    public async Task Arguments_end_the_program_with_an_exit_code(string arguments, int code, string words)
    {
        var (exitCode, output) = await RunAsync(arguments);

        exitCode.ShouldBe(code, output);
        output.ShouldStartWith(words);
    }

    [Theory, Trait("Speed", "Slow")]
    [InlineData("Passwords__WorkFacto", "13", "", 1, "Passwords:WorkFacto is not a setting")]
    [InlineData("ConnectionStrings__Bnak", "Host=db", "", 1, "ConnectionStrings:Bnak is not a setting")]
    [InlineData("ConnectionStrings__Bnak", "Host=db", "verify", 2, "ConnectionStrings:Bnak is not a setting")]
    [InlineData("Logging__Console__FormatterName", "jsn", "", 1, "Logging:Console:FormatterName is 'jsn'")]
    [InlineData("Logging__LogLevel__Default", "Loud", "", 1, "Logging:LogLevel:Default is 'Loud'")]
    public async Task Misspelt_variable_stops_the_start_in_one_line(
        string variable, string value, string arguments, int code, string words)
    {
        var (exitCode, output) = await RunAsync(arguments, (variable, value));

        exitCode.ShouldBe(code, output);
        output.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldStartWith(words);
    }

    async Task<(int ExitCode, string Output)> RunAsync(
        string arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet", $"Bank.dll {arguments}")
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Bank"] = ApiConnection.Of(bank.ConnectionString);

        foreach (var (name, value) in variables)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        output += await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
