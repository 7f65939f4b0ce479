using NSwag.AspNetCore;
using NSwag.Generation.AspNetCore;
using NSwag.Generation.Processors.Contexts;

namespace FastEndpoints.Swagger;

public class DocumentOptions(IServiceProvider serviceProvider)
{
    public IServiceProvider Services => serviceProvider;
    public Action<Dictionary<string, string>>? TagDescriptions { get; set; }
    public Action<AspNetCoreOpenApiDocumentGeneratorSettings>? DocumentSettings { get; set; }
    public bool EnableJWTBearerAuth { get; set; } = true;
    public bool RemoveEmptyRequestSchema { get; set; }
    public bool ShortSchemaNames { get; set; }
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
            return document is { EnableJWTBearerAuth: false, RemoveEmptyRequestSchema: true, ShortSchemaNames: true }
                ? new DocumentBuilder(document)
                : throw new NotSupportedException("The stand-in knows the settings of ApiDocument.cs only.");
        });
    }

    public static void MarkNonNullablePropsAsRequired(this AspNetCoreOpenApiDocumentGeneratorSettings x) =>
        x.NonNullableIsRequired = true;

    public static IApplicationBuilder UseSwaggerGen(
        this IApplicationBuilder app, Action<OpenApiDocumentMiddlewareSettings>? config = null,
        Action<SwaggerUiSettings>? uiConfig = null)
    {
        var settings = new OpenApiDocumentMiddlewareSettings();
        config?.Invoke(settings);
        var ui = new SwaggerUiSettings();
        uiConfig?.Invoke(ui);
        string? cached = null;

        app.Use(next => async context =>
        {
            if (!string.Equals(context.Request.Path.Value, settings.Path, StringComparison.OrdinalIgnoreCase))
            {
                await next(context);
                return;
            }

            if (cached is null)
            {
                var document = context.RequestServices.GetRequiredService<DocumentBuilder>().Build();
                document.Servers.Add(new() { Url = $"{context.Request.Scheme}://{context.Request.Host}" });
                settings.PostProcess?.Invoke(document, context.Request);
                cached = document.ToJson();
            }

            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(cached);
        });

        return app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = ui.Path.Trim('/');
            options.DocumentTitle = ui.DocumentTitle;
            options.SwaggerEndpoint(ui.DocumentPath, ui.DocumentTitle);
            foreach (var (name, value) in ui.AdditionalSettings)
                options.ConfigObject.AdditionalItems[name] = value;
        });
    }

    public static EndpointDefinition? GetEndpointDefinition(this OperationProcessorContext context) =>
        ((AspNetCoreOperationProcessorContext)context).ApiDescription.ActionDescriptor.EndpointMetadata
        .OfType<EndpointDefinition>().SingleOrDefault();
}
