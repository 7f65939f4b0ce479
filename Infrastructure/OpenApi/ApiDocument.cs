using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bank.Infrastructure.Tokens;
using FastEndpoints.Swagger;
using NSwag;
using NSwag.Generation;
using NSwag.Generation.AspNetCore;

namespace Bank.Infrastructure.OpenApi;

/// <summary>The OpenAPI document, generated from the metadata of the endpoints.</summary>
static class ApiDocument
{
    /// <summary>The name of the security scheme.</summary>
    public const string SignIn = "Basic";

    /// <summary>The address of the API, relative to that of the document.</summary>
    const string Server = "/";

    /// <summary>NSwag's name for the document, which is not shown.</summary>
    const string Name = "v1";

    /// <summary>
    /// Indented for people. Unescaped quotes are safe, because no page embeds the document.
    /// </summary>
    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="services">The service collection.</param>
    /// <param name="introduction">The description of the API, in Markdown.</param>
    /// <param name="features">The feature folders in display order, each with its description.</param>
    public static IServiceCollection AddApiDocument(
        this IServiceCollection services, string introduction, (string Name, string About)[] features) =>
        services.SwaggerDocument(document =>
        {
            document.EnableJWTBearerAuth = false;
            document.RemoveEmptyRequestSchema = true;
            document.ShortSchemaNames = true;
            document.TagDescriptions = tags => Array.ForEach(features, tag => tags[tag.Name] = tag.About);
            document.DocumentSettings = settings => Configure(settings, introduction, document.Services);
        });

    /// <summary>Serves the document and its pages, after the endpoints.</summary>
    public static WebApplication UseApiDocument(this WebApplication app)
    {
        app.UseMiddleware<DocumentPages>();
        return app;
    }

    /// <summary>The document as it is served, in UTF-8.</summary>
    public static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        var generator = services.GetRequiredService<IOpenApiDocumentGenerator>();
        var generated = await generator.GenerateAsync(Name);

        // Without a host, the document is the same wherever the API is reached.
        generated.Servers.Clear();
        generated.Servers.Add(new OpenApiServer { Url = Server });

        var document = JsonNode.Parse(generated.ToJson())!.AsObject();
        document.Remove("x-generator");
        OpenApi31.Upgrade(document);

        return JsonSerializer.SerializeToUtf8Bytes(document, Indented);
    }

    /// <summary>The document for an API that is reached under a path.</summary>
    public static byte[] WithPathBase(byte[] document, PathString pathBase)
    {
        var changed = JsonNode.Parse(document)!;
        changed["servers"]![0]!["url"] = pathBase.ToUriComponent();

        return JsonSerializer.SerializeToUtf8Bytes(changed, Indented);
    }

    static void Configure(
        AspNetCoreOpenApiDocumentGeneratorSettings settings, string introduction, IServiceProvider services)
    {
        settings.DocumentName = Name;
        settings.Title = "Bank";
        settings.Version = typeof(ApiDocument).Assembly.GetName().Version!.ToString(fieldCount: 3);
        settings.Description = $"{introduction}\n\n**Any request** may fail with:\n\n{CommonProblems.Table}";
        settings.SchemaSettings.SchemaNameGenerator = new ApiDocumentSchemas.Names();
        settings.SchemaSettings.FlattenInheritanceHierarchy = true;
        settings.AddSecurity(SignIn, new OpenApiSecurityScheme
        {
            Type = OpenApiSecuritySchemeType.Http,
            Scheme = "basic",
            Description =
                "The username and password of a registered user. A key may take the password's place.",
        });
        settings.MarkNonNullablePropsAsRequired();
        settings.OperationProcessors.Add(new ApiDocumentOperations(services));
        settings.PostProcess += document => document.Info.Contact = new OpenApiContact { Name = "Bank" };
        settings.PostProcess += ApiDocumentSchemas.Complete;
        settings.PostProcess += document =>
            ApiDocumentTokens.Complete(document, services.GetRequiredService<TokenOptions>());
        settings.PostProcess += ApiDocumentOrder.Sort;
    }
}
