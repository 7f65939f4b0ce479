using FastEndpoints.Swagger;
using NSwag;
using NSwag.Generation.AspNetCore;

namespace Bank.Infrastructure.OpenApi;

/// <summary>The OpenAPI document and the Swagger pages that show it.</summary>
static class ApiDocument
{
    /// <summary>The name of the one way to sign in.</summary>
    public const string SignIn = "Basic";

    const string Address = "/openapi.json";

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

    public static WebApplication UseApiDocument(this WebApplication app)
    {
        app.UseSwaggerGen(
            document =>
            {
                document.Path = Address;
                document.PostProcess = (made, _) => ServeFromHere(made);
            },
            pages =>
            {
                pages.Path = "/docs";
                pages.DocumentPath = Address;
                pages.DocumentTitle = "Bank";
                pages.DocExpansion = "list";
                pages.DefaultModelsExpandDepth = 0;
                pages.TagsSorter = "none";
                pages.OperationsSorter = "none";
                pages.EnableTryItOut = false;
                // A password is not for the browser's storage.
                pages.PersistAuthorization = false;
            });

        return app;
    }

    static void Describe(
        AspNetCoreOpenApiDocumentGeneratorSettings settings, string about, IServiceProvider services)
    {
        settings.Title = "Bank";
        settings.Version = typeof(ApiDocument).Assembly.GetName().Version!.ToString(fieldCount: 3);
        settings.Description = about;
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

    /// <summary>
    /// Names no host: the document is kept, and would show everyone the Host header of whoever asked first.
    /// </summary>
    static void ServeFromHere(OpenApiDocument document)
    {
        document.Servers.Clear();
        document.Servers.Add(new OpenApiServer { Url = "/" });
    }
}
