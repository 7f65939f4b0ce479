using System.ComponentModel;
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
            TopLevelType.Matches(SourceTree.Read(file)).Select(type => type.Groups["name"].Value)
                .ShouldBe([Path.GetFileNameWithoutExtension(file)], file);
    }

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
    public void Every_validator_has_rules()
    {
        var validators = SliceFiles.Where(file => file.Contains("Validator")).ToArray();
        validators.Length.ShouldBeGreaterThanOrEqualTo(5);

        validators.ShouldAllBe(file => SourceTree.Read(file).Contains("RuleFor("));
    }

    [Fact]
    public void TypeMentions_finds_every_kind_of_type_reference()
    {
        Type[] types =
        [
            typeof(DescriptionAttribute), typeof(Uri), typeof(Comparer<>), typeof(Version),
            typeof(IDisposable), typeof(Stack<>), typeof(Half), typeof(Guid), typeof(Int128),
            typeof(TimeZoneInfo), typeof(StringBuilder), typeof(HttpListenerException), typeof(Environment),
        ];
        string[] texts = ["an attribute's", "a constant's", " a lambda's"];

        var mentions = TypeMentions.Of(typeof(Hideout<>));

        types.Except(mentions.Types).ShouldBeEmpty();
        texts.Except(mentions.Texts).ShouldBeEmpty();
    }

    [Fact]
    public void Types_reference_only_folders_below_their_own()
    {
        var mentions = TopLevelTypes
            .SelectMany(Floors.MentionedBy, (type, folder) => (Type: type, Folder: folder)).ToArray();
        mentions.Length.ShouldBeGreaterThan(100);
        mentions.Select(mention => Floors.FolderOf(mention.Type)).Distinct().Count().ShouldBeGreaterThan(10);
        Floors.Folders.Where(folder => folder.StartsWith("Infrastructure", StringComparison.Ordinal))
            .Select(folder => folder.Split('.')[^1])
            .ShouldBe(SourceTree.Directories("Infrastructure"), ignoreOrder: true);

        mentions.Where(mention => !Floors.IsBelow(mention.Folder, Floors.FolderOf(mention.Type)))
            .Select(mention => $"{mention.Type} mentions {mention.Folder}").ShouldBeEmpty();
    }

    [Fact]
    public void Infrastructure_texts_never_name_a_feature()
    {
        string[] names = [.. Features, .. TypesOf("Features").Select(type => type.Name), .. SliceNames];
        names.Length.ShouldBeGreaterThan(50);
        var name = new Regex($@"\b(Bank\.Features|{string.Join('|', names.Select(Regex.Escape))})\b");
        var texts = TypesOf("Infrastructure")
            .SelectMany(type => TypeMentions.Of(type).Texts, (type, text) => $"{type.Name}: {text}")
            .ToArray();
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

    static IEnumerable<Type> TypesOf(string directory) => TopLevelTypes.Where(type =>
        Floors.FolderOf(type).Split('.')[0] == directory);

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

    [GeneratedRegex(@"\{[^}]*\}")]
    static partial Regex RouteParameter { get; }

    [Description("an attribute's"), TypeConverter(typeof(Uri))]
    abstract class Hideout<T> : Comparer<Version>
        where T : IDisposable
    {
        const string Constant = "a constant's";

        Stack<Half[]> Property { get; } = [];

        protected abstract Guid Signature(Int128? parameter);

        public async Task<Func<Task>> BodyAsync()
        {
            await Task.Yield();
            return async () =>
            {
                await Task.Yield();

                try
                {
                    Console.Write($"{typeof(StringBuilder)} {Property} {Constant} a lambda's");
                    Console.Write(TimeZoneInfo.Local);
                }
                catch (HttpListenerException)
                {
                    Environment.Exit(1);
                }
            };
        }
    }
}
