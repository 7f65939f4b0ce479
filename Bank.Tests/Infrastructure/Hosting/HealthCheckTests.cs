using System.Diagnostics;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Hosting;

public sealed class HealthCheckTests(BankServer bank)
{
    [Fact]
    public async Task Health_command_exits_with_0_when_the_API_is_ready()
    {
        (await RequestAsync("ASPNETCORE_URLS", $"{bank.Address};http://[::]:1")).ShouldBe(0);
        (await RequestAsync("ASPNETCORE_HTTP_PORTS", $"{bank.Address.Port};1")).ShouldBe(0);
    }

    [Fact]
    public async Task Health_command_exits_with_1_when_no_API_answers() =>
        (await RequestAsync("ASPNETCORE_HTTP_PORTS", "1")).ShouldBe(1);

    static async Task<int> RequestAsync(string variable, string value)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Bank.dll"), "health"]);
        start.Environment.Remove("ASPNETCORE_URLS");
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();

        return process.ExitCode;
    }
}
