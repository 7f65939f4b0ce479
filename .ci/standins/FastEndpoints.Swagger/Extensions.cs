using NSwag.AspNetCore;
using NSwag.Generation.AspNetCore;
using NSwag.Generation.Processors.Contexts;

namespace FastEndpoints.Swagger;

public enum TagCase { None, TitleCase, LowerCase }

public class DocumentOptions(IServiceProvider serviceProvider)
{
    public IServiceProvider Services => serviceProvider;
    public int AutoTagPathSegmentIndex { get; set; } = 1;
    public TagCase TagCase { get; set; } = TagCase.TitleCase;
    public Action<Dictionary<string, string>>? TagDescriptions { get; set; }
    public Action<AspNetCoreOpenApiDocumentGeneratorSettings>? DocumentSettings { get; set; }
    public bool EnableJWTBearerAuth { get; set; } = true;
    public Func<EndpointDefinition, bool>? EndpointFilter { get; set; }
    public bool ExcludeNonFastEndpoints { get; set; }
    public bool RemoveEmptyRequestSchema { get; set; }
    public Action<JsonSerializerOptions>? SerializerSettings { get; set; }
    public bool ShortSchemaNames { get; set; }
    public bool UsePropertyNamingPolicy { get; set; } = true;
}

public static class Extensions
{
    public static IServiceCollection SwaggerDocument(
        this IServiceCollection services, Action<DocumentOptions>? options = null)
    {
        services.AddEndpointsApiExplorer();
        return services.AddSingleton(provider =>
        {
            var document = new DocumentOptions(provider);
            options?.Invoke(document);
            return new DocumentBuilder(document);
        });
    }

    public static IApplicationBuilder UseSwaggerGen(
        this IApplicationBuilder app, Action<OpenApiDocumentMiddlewareSettings>? config = null,
        Action<SwaggerUiSettings>? uiConfig = null)
    {
        var settings = new OpenApiDocumentMiddlewareSettings();
        config?.Invoke(settings);
        var ui = new SwaggerUiSettings();
        uiConfig?.Invoke(ui);

        var path = settings.Path.Replace("{documentName}", settings.DocumentName);
        Tuple<string, string>? cached = null;

        app.Use(next => async context =>
        {
            if (!string.Equals(context.Request.Path.Value, path, StringComparison.OrdinalIgnoreCase))
            {
                await next(context);
                return;
            }

            var server = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}";
            var answer = cached;
            if (answer?.Item1 != server)
            {
                var document = context.RequestServices.GetRequiredService<DocumentBuilder>().Build();
                document.Servers.Clear();
                document.Servers.Add(new() { Url = server });
                settings.PostProcess?.Invoke(document, context.Request);
                cached = answer = Tuple.Create(server, document.ToJson());
            }

            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(answer.Item2);
        });

        return app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = ui.Path.Trim('/');
            options.DocumentTitle = ui.DocumentTitle;
            options.HeadContent = $"<style>{ui.CustomInlineStyles}</style>{ui.CustomHeadContent}";
            options.SwaggerEndpoint(ui.DocumentPath.Replace("{documentName}", settings.DocumentName), ui.DocumentTitle);
            foreach (var (name, value) in ui.AdditionalSettings)
                options.ConfigObject.AdditionalItems[name] = value;
        });
    }

    public static EndpointDefinition? GetEndpointDefinition(this OperationProcessorContext context) =>
        ((AspNetCoreOperationProcessorContext)context).ApiDescription.ActionDescriptor.EndpointMetadata
        .OfType<EndpointDefinition>().SingleOrDefault();
}
