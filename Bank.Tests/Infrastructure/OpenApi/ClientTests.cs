using System.Reflection;
using System.Runtime.Loader;
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

    [Fact]
    public async Task Generated_NSwag_client_can_call_the_API()
    {
        var client = Compile(await GenerateAsync());

        var told = (Task)client.GetType("GeneratedBank.CSharpStory")!.GetMethod("TellAsync")!
            .Invoke(null, [bank.Address.ToString(), Names.New()])!;

        await told;
    }

    [Fact]
    public async Task Generated_TypeScript_clients_can_call_the_API()
    {
        using var directory = await NodeDirectory.CreateAsync();

        await TellInTypeScriptAsync(directory);
    }

    async Task TellInTypeScriptAsync(NodeDirectory directory)
    {
        using var http = bank.Anonymous();
        await directory.WriteAsync("openapi.json", await http.GetStringAsync("/openapi.json"));

        await Task.WhenAll(
            directory.RunAsync("node_modules/.bin/openapi-typescript", "openapi.json", "-o", "schema.d.ts"),
            directory.RunAsync("node_modules/.bin/openapi-ts", "-i", "openapi.json", "-o", "hey-client"));
        await directory.RunAsync("node_modules/.bin/tsc", "-p", ".");

        await directory.RunAsync("node", "built/openapi-fetch.js", Address, Names.New());
        await directory.RunAsync("node", "built/hey-api.js", Address, Names.New());
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
}
