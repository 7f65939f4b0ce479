using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;
using Bank.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace Bank.Tests.Infrastructure.OpenApi;

/// <summary>
/// Clients are generated from the document, compiled strictly, and replay its story, because a document that
/// reads well may still be useless to a generator. Their programs are in the folder <c>Clients</c>.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ClientTests(BankServer bank)
{
    const string Sources = "Bank.Tests/Infrastructure/OpenApi/Clients";

    /// <summary>npm's error codes if its registry cannot be reached.</summary>
    static readonly string[] NoNetwork =
        ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH"];

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task NSwag_client_runs_the_example_story()
    {
        var client = Compile(await GenerateAsync());

        var told = (Task)client.GetType("GeneratedBank.CSharpStory")!.GetMethod("TellAsync")!
            .Invoke(null, [bank.Address.ToString(), Names.New()])!;

        await told;
    }

    [Fact]
    public async Task TypeScript_clients_run_the_example_story()
    {
        Assert.SkipUnless(
            await IsThereAsync("npm"), "The generators are installed by npm, which is missing.");
        var installed = await InstallAsync();
        var directory = Directory.CreateTempSubdirectory("bank-clients-").FullName;
        Directory.CreateSymbolicLink(
            Path.Combine(directory, "node_modules"), Path.Combine(installed, "node_modules"));

        try
        {
            foreach (var source in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, Sources)))
                File.Copy(source, Path.Combine(directory, Path.GetFileName(source)));

            await TellInTypeScriptAsync(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    async Task TellInTypeScriptAsync(string directory)
    {
        using var http = bank.Anonymous();
        await File.WriteAllTextAsync(
            Path.Combine(directory, "openapi.json"), await http.GetStringAsync("/openapi.json"));

        await Task.WhenAll(
            RunAsync(directory, "node_modules/.bin/openapi-typescript", "openapi.json", "-o", "schema.d.ts"),
            RunAsync(directory, "node_modules/.bin/openapi-ts", "-i", "openapi.json", "-o", "hey-client"));
        await RunAsync(directory, "node_modules/.bin/tsc", "-p", ".");

        await RunAsync(directory, "node", "built/openapi-fetch.js", Address, Names.New());
        await RunAsync(directory, "node", "built/hey-api.js", Address, Names.New());
    }

    string Address => bank.Address.ToString().TrimEnd('/');

    async Task<string> GenerateAsync()
    {
        using var http = bank.Anonymous();
        var document = await OpenApiDocument.FromJsonAsync(await http.GetStringAsync("/openapi.json"));
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "BankClient",
            WrapResponses = true,
            GenerateOptionalParameters = true,
            CSharpGeneratorSettings =
            {
                Namespace = "GeneratedBank",
                JsonLibrary = CSharpJsonLibrary.SystemTextJson,
                GenerateNullableReferenceTypes = true,
                GenerateOptionalPropertiesAsNullable = true,
            },
        };

        return new CSharpClientGenerator(document, settings).GenerateFile();
    }

    /// <summary>Compiles the client and its program against the assemblies of the test run.</summary>
    static Assembly Compile(string generated)
    {
        var story = SourceTree.Read($"{Sources}/CSharpStory.cs");
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "GeneratedBank", [.. new[] { generated, story }.Select(text => CSharpSyntaxTree.ParseText(text))],
            platform, options);
        using var compiled = new MemoryStream();

        var result = compilation.Emit(compiled);

        result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(error => error.ToString()).ShouldBeEmpty();
        compiled.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(compiled);
    }

    /// <summary>
    /// Installs the generators once for each version of package.json, in a directory that later runs reuse.
    /// </summary>
    static async Task<string> InstallAsync()
    {
        var packages = SourceTree.Read($"{Sources}/package.json");
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
            await RunAsync(
                directory, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts",
                "--fetch-retries=1");
        }
        catch (ShouldAssertException failure) when (NoNetwork.Any(failure.Message.Contains))
        {
            Directory.Delete(directory, recursive: true);
            Assert.Skip($"npm cannot reach its registry for the generators: {failure.Message}");
        }
    }

    static async Task<bool> IsThereAsync(string program)
    {
        try
        {
            await RunAsync(Path.GetTempPath(), program, "--version");
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    static async Task RunAsync(string directory, string program, params string[] arguments)
    {
        var path = program.Contains('/') ? Path.Combine(directory, program) : program;
        using var process = Process.Start(new ProcessStartInfo(path, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();

        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        process.ExitCode.ShouldBe(0, $"{program}: {await output}{await errors}");
    }
}
