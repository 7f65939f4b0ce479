using System.Diagnostics;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.Hosting;

/// <summary>What is published, and so what an image holds.</summary>
[Trait("Speed", "Slow")]
public sealed class PublishedTests : IAsyncLifetime
{
    readonly string directory = Directory.CreateTempSubdirectory("bank-published-").FullName;

    public async ValueTask InitializeAsync()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var (code, output) = await RunAsync(
            "publish", Path.Combine(SourceTree.Root, "Bank.csproj"), "--no-build", "--nologo",
            "--configuration", configuration, "--output", directory);
        code.ShouldBe(0, output);
    }

    [Fact]
    public async Task Published_API_starts_without_the_PostgreSQL_downloader()
    {
        string[] fetching = ["MysticMind.PostgresEmbed.dll", "SharpCompress.dll", "CliWrap.dll"];
        File.Exists(Path.Combine(directory, "Npgsql.dll")).ShouldBeTrue();
        fetching.ShouldAllBe(file => !File.Exists(Path.Combine(directory, file)));
        File.ReadAllText(Path.Combine(directory, "Bank.deps.json")).ShouldNotContain("PostgresEmbed");

        var (code, output) = await RunAsync(Path.Combine(directory, "Bank.dll"));

        code.ShouldBe(1);
        output.ShouldStartWith("Bank needs a PostgreSQL");
        output.Trim().Split('\n').Length.ShouldBe(2);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Bank"] = "";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();

        return (process.ExitCode, output);
    }
}
