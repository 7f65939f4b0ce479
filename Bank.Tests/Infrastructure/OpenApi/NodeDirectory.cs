using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Bank.Tests.Harness;

namespace Bank.Tests.Infrastructure.OpenApi;

/// <summary>
/// A temporary directory with the programs of a folder and their npm packages. A test is
/// skipped where npm is missing or cannot reach its registry.
/// </summary>
sealed class NodeDirectory : IDisposable
{
    const string Sources = "Bank.Tests/Infrastructure/OpenApi/Clients";

    /// <summary>npm's error codes if its registry cannot be reached.</summary>
    static readonly string[] NoNetwork =
        ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH"];

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    static readonly SemaphoreSlim Installing = new(1);

    readonly string path = Directory.CreateTempSubdirectory("bank-clients-").FullName;

    /// <param name="sources">The folder with the programs and their <c>package.json</c>.</param>
    public static async Task<NodeDirectory> CreateAsync(string sources = Sources)
    {
        Assert.SkipUnless(
            await IsThereAsync("npm"), "The packages are installed by npm, which is missing.");
        var installed = await InstallAsync(sources);
        var directory = new NodeDirectory();
        Directory.CreateSymbolicLink(
            Path.Combine(directory.path, "node_modules"), Path.Combine(installed, "node_modules"));

        foreach (var source in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, sources)))
            File.Copy(source, Path.Combine(directory.path, Path.GetFileName(source)));

        return directory;
    }

    public Task WriteAsync(string file, string text) =>
        File.WriteAllTextAsync(Path.Combine(path, file), text);

    /// <summary>Runs a program in the directory, which must succeed, and returns its output.</summary>
    public Task<string> RunAsync(string program, params string[] arguments) =>
        RunInAsync(path, program, arguments);

    /// <summary>Starts a program in the directory, whose input and output are the caller's.</summary>
    public Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    public void Dispose() => Directory.Delete(path, recursive: true);

    /// <summary>
    /// Installs the packages once for each version of package.json, in a directory that later runs reuse.
    /// </summary>
    static async Task<string> InstallAsync(string sources)
    {
        await Installing.WaitAsync();

        try
        {
            return await InstallOnceAsync(sources);
        }
        finally
        {
            Installing.Release();
        }
    }

    static async Task<string> InstallOnceAsync(string sources)
    {
        var packages = SourceTree.Read($"{sources}/package.json");
        var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(packages))[..8]);
        var installed = Path.Combine(Path.GetTempPath(), $"bank-clients-{Environment.UserName}-{version}");

        if (Directory.Exists(installed))
            return installed;

        var directory = Directory.CreateTempSubdirectory("bank-clients-").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "package.json"), packages);
        await NpmInstallAsync(directory);

        try
        {
            Directory.Move(directory, installed);
        }
        catch (IOException) when (Directory.Exists(installed))
        {
            // Another run has installed them in the meantime.
            Directory.Delete(directory, recursive: true);
        }

        return installed;
    }

    static async Task NpmInstallAsync(string directory)
    {
        try
        {
            await RunInAsync(
                directory, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts",
                "--fetch-retries=1");
        }
        catch (ShouldAssertException failure) when (NoNetwork.Any(failure.Message.Contains))
        {
            Directory.Delete(directory, recursive: true);
            Assert.Skip($"npm cannot reach its registry for the packages: {failure.Message}");
        }
    }

    static async Task<bool> IsThereAsync(string program)
    {
        try
        {
            await RunInAsync(Path.GetTempPath(), program, "--version");
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    static async Task<string> RunInAsync(string directory, string program, params string[] arguments)
    {
        var path = program.Contains('/') ? Path.Combine(directory, program) : program;
        using var process = Process.Start(new ProcessStartInfo(path, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        return await process.ReadToEndAsync(Patience);
    }
}
