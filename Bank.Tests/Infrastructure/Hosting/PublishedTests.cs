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
            directory, "publish", Path.Combine(SourceTree.Root, "Bank.csproj"), "--no-build", "--nologo",
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

        var (code, output) = await RunAsync(directory, Path.Combine(directory, "Bank.dll"));

        code.ShouldBe(1);
        output.ShouldStartWith("Bank needs a PostgreSQL");
        output.Trim().Split('\n').Length.ShouldBe(2);
    }

    [Fact]
    public async Task Published_API_reads_its_own_settings_in_any_directory()
    {
        var settings = Path.Combine(directory, "appsettings.json");
        var original = await File.ReadAllTextAsync(settings);
        await File.WriteAllTextAsync(
            settings,
            """{ "ConnectionStrings": { "Bank": "Host=127.0.0.1" }, "Passwords": { "WorkFactor": 3 } }""");
        string[] places = ["/", directory, SourceTree.Root, AppContext.BaseDirectory];

        foreach (var place in places)
        {
            var (code, output) = await RunAsync(place, Path.Combine(directory, "Bank.dll"));

            code.ShouldBe(1, place);
            output.ShouldContain("WorkFactor", customMessage: place);
        }

        var elsewhere = Directory.CreateTempSubdirectory("bank-content-").FullName;
        var (_, named) = await RunAsync(
            "/", Path.Combine(directory, "Bank.dll"), $"--contentRoot={elsewhere}");
        Directory.Delete(elsewhere);
        await File.WriteAllTextAsync(settings, original);

        named.ShouldStartWith("Bank needs a PostgreSQL");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    static async Task<(int Code, string Output)> RunAsync(string place, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = place,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("ConnectionStrings__Bank");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();

        return (process.ExitCode, output);
    }
}
