using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastEndpoints.Swagger;
using NSwag;
using NSwag.Generation;
using NSwag.Generation.AspNetCore;

namespace Bank.Infrastructure.OpenApi;

/// <summary>The OpenAPI document, from what the slices say of themselves.</summary>
static class ApiDocument
{
    /// <summary>The name of the one way to sign in.</summary>
    public const string SignIn = "Basic";

    /// <summary>NSwag's name for it, which nobody sees.</summary>
    const string Name = "v1";

    /// <summary>For people too; no page has the document inside of it, where a quote might do harm.</summary>
    static readonly JsonSerializerOptions AsRead = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="services">Where to register.</param>
    /// <param name="about">What a newcomer is to read first, in Markdown.</param>
    /// <param name="features">
    /// The folders of the slices, each with what it is for, in the order in which they are shown.
    /// </param>
    public static IServiceCollection AddApiDocument(
        this IServiceCollection services, string about, (string Name, string About)[] features) => services
        .SwaggerDocument(document =>
        {
            document.EnableJWTBearerAuth = false;
            document.RemoveEmptyRequestSchema = true;
            document.ShortSchemaNames = true;
            document.TagDescriptions = tags => Array.ForEach(features, tag => tags[tag.Name] = tag.About);
            document.DocumentSettings = settings => Describe(settings, about, document.Services);
        });

    /// <summary>Serves the document and its pages, past the slices.</summary>
    public static WebApplication UseApiDocument(this WebApplication app)
    {
        app.UseMiddleware<DocumentPages>();
        return app;
    }

    /// <summary>The document as it is served, in UTF-8.</summary>
    public static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        var generator = services.GetRequiredService<IOpenApiDocumentGenerator>();
        var made = await generator.GenerateAsync(Name);

        // It names no host, so that it is the same wherever the API is reached.
        made.Servers.Clear();
        made.Servers.Add(new OpenApiServer { Url = "/" });

        var document = JsonNode.Parse(made.ToJson())!.AsObject();
        document.Remove("x-generator");
        OpenApi31.Upgrade(document);

        return JsonSerializer.SerializeToUtf8Bytes(document, AsRead);
    }

    static void Describe(
        AspNetCoreOpenApiDocumentGeneratorSettings settings, string about, IServiceProvider services)
    {
        settings.DocumentName = Name;
        settings.Title = "Bank";
        settings.Version = typeof(ApiDocument).Assembly.GetName().Version!.ToString(fieldCount: 3);
        settings.Description = $"{about}\n\n**Any request** may be answered with:\n\n{CommonProblems.Table}";
        settings.SchemaSettings.SchemaNameGenerator = new SchemaNames();
        settings.SchemaSettings.FlattenInheritanceHierarchy = true;
        settings.AddSecurity(SignIn, new OpenApiSecurityScheme
        {
            Type = OpenApiSecuritySchemeType.Http,
            Scheme = "basic",
            Description = "The name and the password of a registered user.",
        });
        settings.MarkNonNullablePropsAsRequired();
        settings.OperationProcessors.Add(new ApiDocumentOperations(services));
        settings.PostProcess += document => document.Info.Contact = new OpenApiContact { Name = "Bank" };
        settings.PostProcess += ApiDocumentSchemas.Complete;
        settings.PostProcess += ApiDocumentOrder.Sort;
    }
}
