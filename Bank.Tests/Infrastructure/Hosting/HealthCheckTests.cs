using System.Diagnostics;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Hosting;

public sealed class HealthCheckTests(BankServer bank)
{
    [Fact]
    public async Task The_program_itself_tells_whether_the_API_is_ready()
    {
        (await AskAsync("ASPNETCORE_URLS", $"{bank.Address};http://[::]:1")).ShouldBe(0);
        (await AskAsync("ASPNETCORE_HTTP_PORTS", $"{bank.Address.Port};1")).ShouldBe(0);
    }

    [Fact]
    public async Task Where_nobody_answers_nothing_is_ready() =>
        (await AskAsync("ASPNETCORE_HTTP_PORTS", "1")).ShouldBe(1);

    static async Task<int> AskAsync(string variable, string value)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Bank.dll"), "health"]);
        start.Environment.Remove("ASPNETCORE_URLS");
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();

        return process.ExitCode;
    }
}
