using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Bank.Features;
using Bank.Infrastructure.Http;
using Bank.Tests.Harness;
using FastEndpoints;
using FluentMigrator;
using Microsoft.AspNetCore.Routing;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.DependencyInjection;

namespace Bank.Tests;

/// <summary>The rules of the codebase. Each test makes sure that it has something to look at.</summary>
public sealed partial class ArchitectureTests(BankServer bank)
{
    static readonly string[] Features = SourceTree.Directories("Features");

    static readonly string[] Roles =
        ["Request", "Response", "Validator", "Endpoint", "Query", "Command", "Problems"];

    /// <summary>
    /// The slices that do not ask who is calling. This list is the contract: a slice that says
    /// <c>AllowAnonymous()</c> opens the API to strangers, which must not happen in its own folder alone.
    /// </summary>
    static readonly string[] PublicSlices =
        ["GetHealthEndpoint", "GetReadinessEndpoint", "RegisterUserEndpoint"];

    /// <summary>The product's own types, without what the compiler adds.</summary>
    static readonly Type[] Types =
    [
        .. typeof(Program).Assembly.GetTypes().Where(type =>
            !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.Name.Contains('<')
            && (type == typeof(Program) || type.FullName!.StartsWith("Bank.", StringComparison.Ordinal))),
    ];

    /// <summary>The files of the slices, without the introduction to all of them.</summary>
    static readonly string[] SliceFiles =
        SourceTree.Files([.. Features.Select(feature => $"Features/{feature}")]);

    static readonly Type[] TopLevelTypes = [.. Types.Where(type => !type.IsNested)];

    /// <summary>The names that the slices have in the document.</summary>
    IEnumerable<string> SliceNames => bank.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName)
        .OfType<string>();

    [Fact]
    public void Every_feature_is_one_folder_without_subfolders()
    {
        Features.Length.ShouldBeGreaterThan(5);
        Introduction.Features.Select(feature => feature.Name).ShouldBe(Features, ignoreOrder: true);

        foreach (var feature in Features)
        {
            SourceTree.Directories($"Features/{feature}").ShouldBeEmpty();
            SourceTree.Files($"Features/{feature}").ShouldContain(file => file.Contains("Endpoint"));
        }
    }

    [Fact]
    public void Every_file_holds_one_type_of_the_same_name()
    {
        var files = SourceTree.Files("Features", "Infrastructure", "Migrations");
        files.Length.ShouldBeGreaterThan(100);

        foreach (var file in files)
        {
            var source = SourceTree.Read(file);
            var types = TopLevelType.Matches(source).ToArray();

            types.First().Groups["name"].Value.ShouldBe(Path.GetFileNameWithoutExtension(file), file);
            types.Skip(1).ShouldAllBe(type => IsSmallRecord(type, source), file);
        }
    }

    /// <summary>A record or an enum of under ten lines may share the file of its type.</summary>
    static bool IsSmallRecord(Match type, string source) =>
        (type.Value.Contains("record ") || type.Value.Contains("enum "))
        && End.Match(source, type.Index) is { Success: true } end
        && source[type.Index..end.Index].Count(character => character == '\n') < 9;

    [Fact]
    public void Every_type_is_in_the_namespace_of_its_folder()
    {
        var files = SourceTree.Files("Features", "Infrastructure", "Migrations");
        files.Length.ShouldBeGreaterThan(100);

        foreach (var file in files)
            SourceTree.Read(file).ShouldContain(
                $"namespace Bank.{Path.GetDirectoryName(file)!.Replace('/', '.')};", customMessage: file);
    }

    [Fact]
    public void Every_slice_file_is_named_after_its_role_or_its_feature()
    {
        var files = SliceFiles
            .Select(file => (Feature: file.Split('/')[1], Name: Path.GetFileNameWithoutExtension(file)))
            .ToArray();
        files.Count(file => Roles.Any(file.Name.EndsWith)).ShouldBeGreaterThan(50);

        files.Where(file => !Roles.Any(file.Name.EndsWith))
            .ShouldAllBe(file => file.Name.StartsWith(file.Feature.TrimEnd('s'), StringComparison.Ordinal));
    }

    [Fact]
    public void Test_names_begin_with_their_subject_and_fit_in_75_characters()
    {
        var names = typeof(ArchitectureTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(FactAttribute))).Select(method => method.Name).ToArray();
        names.Length.ShouldBeGreaterThan(500);

        names.Where(name => name.Length > 75 || HeadlessName.IsMatch(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Lines_are_within_110_columns()
    {
        string[] files = [.. SourceTree.Product, .. SourceTree.Files("Bank.Tests")];
        files.Length.ShouldBeGreaterThan(300);

        // The SQL of a landed migration never changes.
        files.SelectMany(file => SourceTree.Read(file).Split('\n')
                .Select((line, index) => (Place: $"{file}:{index + 1}", line.TrimEnd('\r').Length)))
            .Where(line => line.Length > 110).Select(line => line.Place)
            .ShouldBe(["Migrations/KeepMoneyInCents.cs:57"]);
    }

    [Fact]
    public void Product_files_are_within_400_lines()
    {
        SourceTree.Product.Length.ShouldBeGreaterThan(150);

        SourceTree.Product.Where(file => SourceTree.Read(file).Split('\n').Length > 400).ShouldBeEmpty();
    }

    [Fact]
    public void Methods_are_within_40_lines()
    {
        var methods = SourceTree.Product.SelectMany(MethodLengths).ToArray();
        methods.Length.ShouldBeGreaterThan(500);

        methods.Where(method => method.Lines > 40).Select(method => method.Place).ShouldBeEmpty();
    }

    [Fact]
    public void Every_validator_has_rules()
    {
        var validators = SliceFiles.Where(file => file.Contains("Validator")).ToArray();
        validators.Length.ShouldBeGreaterThanOrEqualTo(5);

        validators.ShouldAllBe(file => SourceTree.Read(file).Contains("RuleFor("));
    }

    [Fact]
    public void Types_reference_only_folders_below_their_own()
    {
        var names = SourceTree.Product
            .SelectMany(Floors.NamedBy, (file, folder) => (File: file, Folder: folder)).ToArray();
        names.Length.ShouldBeGreaterThan(100);
        names.Select(name => Floors.FolderOf(name.File)).Distinct().Count().ShouldBeGreaterThan(10);
        names.Select(name => name.Folder).Distinct().Count().ShouldBeGreaterThan(10);
        Floors.Folders.Where(folder => folder.StartsWith("Infrastructure", StringComparison.Ordinal))
            .Select(folder => folder.Split('.')[^1])
            .ShouldBe(SourceTree.Directories("Infrastructure"), ignoreOrder: true);

        SourceTree.Product.ShouldAllBe(file => !SourceTree.Read(file).Contains("global using"));
        names.Where(name => !Floors.IsBelow(name.Folder, Floors.FolderOf(name.File)))
            .Select(name => $"{name.File} names {name.Folder}").ShouldBeEmpty();
    }

    [Fact]
    public void Infrastructure_texts_never_name_a_feature()
    {
        string[] names =
        [
            .. Features, .. SliceNames,
            .. TopLevelTypes.Select(type => type.FullName!)
                .Where(type => type.StartsWith("Bank.Features.", StringComparison.Ordinal))
                .Select(type => type.Split('.')[^1]),
        ];
        names.Length.ShouldBeGreaterThan(50);
        var name = new Regex($@"\b(Bank\.Features|{string.Join('|', names.Select(Regex.Escape))})\b");
        var texts = SourceTree.Files("Infrastructure")
            .SelectMany(TextsOf, (file, text) => $"{file}: {text}").ToArray();
        texts.Length.ShouldBeGreaterThan(200);

        texts.Where(text => name.IsMatch(text)).ShouldBeEmpty();
    }

    [Fact]
    public void No_type_or_namespace_has_a_catch_all_name()
    {
        Types.Length.ShouldBeGreaterThan(100);

        Types.ShouldAllBe(type => !Drawer.IsMatch(type.FullName!));
        typeof(Program).Assembly.GetReferencedAssemblies()
            .ShouldAllBe(assembly => assembly.Name != "MediatR");
    }

    [Fact]
    public void Only_migrations_and_Program_are_public()
    {
        var migrations = Types.Where(type => type.IsAssignableTo(typeof(Migration))).ToArray();
        migrations.Length.ShouldBeGreaterThanOrEqualTo(4);

        Types.Where(type => type.IsPublic).ShouldBe([typeof(Program), .. migrations], ignoreOrder: true);
    }

    [Fact]
    public void Every_class_without_subclasses_is_sealed()
    {
        var classes = Types.Where(type => type.IsClass && type != typeof(Program)).ToArray();
        classes.Length.ShouldBeGreaterThan(100);

        var bases = classes.Select(type => Definition(type.BaseType!)).ToHashSet();
        classes.Where(type => !type.IsSealed).ShouldAllBe(type => bases.Contains(type));
    }

    [Fact]
    public void Every_interface_has_several_implementations()
    {
        var interfaces = Types.Where(type => type.IsInterface).ToArray();
        interfaces.ShouldNotBeEmpty();

        foreach (var contract in interfaces)
            Types.Count(type => type.IsClass && type.GetInterfaces().Select(Definition).Contains(contract))
                .ShouldBeGreaterThan(1, contract.Name);
    }

    [Fact]
    public void Every_query_has_its_SQL_as_a_constant()
    {
        var queries = Types
            .Where(type => type.IsClass && type.Name.EndsWith("Query", StringComparison.Ordinal)).ToArray();
        queries.Length.ShouldBeGreaterThan(10);

        foreach (var query in queries)
            query.GetFields(BindingFlags.Static | BindingFlags.NonPublic)
                .Where(field => field.Name.EndsWith("Sql", StringComparison.Ordinal) && field.IsLiteral)
                .ShouldNotBeEmpty(query.Name);
    }

    [Fact]
    public async Task Only_the_listed_slices_allow_anonymous_callers()
    {
        var slices = bank.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<EndpointDefinition>() is not null).ToArray();
        slices.Length.ShouldBe(Types.Count(type => type.IsAssignableTo(typeof(BaseEndpoint))));
        slices.Length.ShouldBeGreaterThan(10);
        using var anonymous = bank.Anonymous();

        foreach (var slice in slices)
        {
            using var request = new HttpRequestMessage(
                new HttpMethod(slice.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Single()),
                RouteParameter.Replace(slice.RoutePattern.RawText!, "1"));

            if (request.Method == HttpMethod.Post || request.Method == HttpMethod.Put)
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");

            using var response = await anonymous.SendAsync(request);

            var name = slice.Metadata.GetMetadata<EndpointDefinition>()!.EndpointType.Name;
            (response.StatusCode != HttpStatusCode.Unauthorized).ShouldBe(PublicSlices.Contains(name), name);
        }
    }

    [Fact]
    public async Task Only_slices_are_mapped_and_the_framework_route_is_hidden()
    {
        var others = bank.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<EndpointDefinition>() is null);

        others.Select(endpoint => endpoint.RoutePattern.RawText).ShouldBe([ApiServices.TestAddress]);
        using var anonymous = bank.Anonymous();
        using var response = await anonymous.GetAsync($"/{ApiServices.TestAddress}");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>The string literals of a file.</summary>
    static IEnumerable<string> TextsOf(string file) =>
        CSharpSyntaxTree.ParseText(SourceTree.Read(file)).GetRoot().DescendantTokens()
            .Where(token => token.Parent is LiteralExpressionSyntax or InterpolatedStringTextSyntax)
            .Select(token => token.Value).OfType<string>();

    /// <summary>
    /// The lines of each method, accessor and local function, without the comments above it.
    /// </summary>
    static IEnumerable<(string Place, int Lines)> MethodLengths(string file) =>
        CSharpSyntaxTree.ParseText(SourceTree.Read(file)).GetRoot().DescendantNodes()
            .Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
                or LocalFunctionStatementSyntax)
            .Select(node => node.GetLocation().GetLineSpan())
            .Select(span => (
                $"{file}:{span.StartLinePosition.Line + 1}",
                span.EndLinePosition.Line - span.StartLinePosition.Line + 1));

    static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    /// <summary>A declaration at the start of its line: what is nested is indented.</summary>
    [GeneratedRegex(
        @"^(?:(?:public|internal|sealed|static|abstract|partial|readonly) )*"
        + @"(?:class|record struct|record|struct|interface|enum) (?<name>\w+)",
        RegexOptions.Multiline)]
    static partial Regex TopLevelType { get; }

    /// <summary>A namespace that says nothing, or a type that says only what pattern it follows.</summary>
    [GeneratedRegex(
        @"\.(Common|Shared|Core|Helpers?|Util(itie)?s|Misc|Extensions)\."
        + @"|(Helpers?|Util(itie)?s|Manager|Repository|Mediator|Mapper)(`\d)?$")]
    static partial Regex Drawer { get; }

    /// <summary>A test name whose first word is a pronoun or a preposition.</summary>
    [GeneratedRegex("^(It|Who|What|Whoever|So|Nor|They|Of|One)_")]
    static partial Regex HeadlessName { get; }

    [GeneratedRegex(@"\{[^}]*\}")]
    static partial Regex RouteParameter { get; }

    /// <summary>The end of a declaration at the start of a line, or of one without a body.</summary>
    [GeneratedRegex(@"^\}|;$", RegexOptions.Multiline)]
    static partial Regex End { get; }
}
