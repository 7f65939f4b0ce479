#nullable disable

using System.Collections.ObjectModel;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using NSwag.Generation.Processors.Collections;
using NSwag.Generation.Processors.Contexts;

// How NSwag lets a project have its say in the document and its pages.
namespace NSwag.Generation
{
    public class OpenApiDocumentGeneratorSettings
    {
        public string Title { get; set; } = "My Title";
        public string Description { get; set; }
        public string Version { get; set; } = "1.0.0";
        public OperationProcessorCollection OperationProcessors { get; } = [];
        internal Dictionary<string, OpenApiSecurityScheme> SecuritySchemes { get; } = [];
    }
}

namespace NSwag.Generation.AspNetCore
{
    public class AspNetCoreOpenApiDocumentGeneratorSettings : OpenApiDocumentGeneratorSettings
    {
        public Action<OpenApiDocument> PostProcess { get; set; }
        internal bool NonNullableIsRequired { get; set; }
    }

    public class AspNetCoreOperationProcessorContext : OperationProcessorContext
    {
        public ApiDescription ApiDescription { get; set; }
    }
}

namespace NSwag.Generation.Processors
{
    public interface IOperationProcessor
    {
        /// <summary>False leaves the operation out of the document.</summary>
        bool Process(OperationProcessorContext context);
    }
}

namespace NSwag.Generation.Processors.Collections
{
    public class OperationProcessorCollection : Collection<IOperationProcessor>;
}

namespace NSwag.Generation.Processors.Contexts
{
    public class OperationProcessorContext
    {
        public OpenApiOperationDescription OperationDescription { get; internal init; }
    }
}

namespace NSwag.AspNetCore
{
    public class OpenApiDocumentMiddlewareSettings
    {
        public string Path { get; set; } = "/swagger/v1/swagger.json";
        public Action<OpenApiDocument, HttpRequest> PostProcess { get; set; }
    }

    public class SwaggerUiSettings
    {
        public string Path { get; set; } = "/swagger";
        public string DocumentPath { get; set; } = "/swagger/v1/swagger.json";
        public string DocumentTitle { get; set; } = "Swagger UI";
        public IDictionary<string, object> AdditionalSettings { get; } = new Dictionary<string, object>
        {
            ["docExpansion"] = "none",
            ["filter"] = true,
            ["persistAuthorization"] = true,
            ["displayRequestDuration"] = true,
            ["tryItOutEnabled"] = true,
            ["tagsSorter"] = "alpha",
            ["operationsSorter"] = "alpha",
        };

        public bool EnableTryItOut { set => AdditionalSettings["tryItOutEnabled"] = value; }
        public bool PersistAuthorization { set => AdditionalSettings["persistAuthorization"] = value; }
        public string DocExpansion { set => AdditionalSettings["docExpansion"] = value; }
        public int DefaultModelsExpandDepth { set => AdditionalSettings["defaultModelsExpandDepth"] = value; }
        public string OperationsSorter { set => AdditionalSettings["operationsSorter"] = value; }
        public string TagsSorter { set => AdditionalSettings["tagsSorter"] = value; }
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class NSwagSwaggerGeneratorSettingsExtensions
    {
        public static NSwag.Generation.OpenApiDocumentGeneratorSettings AddSecurity(
            this NSwag.Generation.OpenApiDocumentGeneratorSettings settings, string name,
            OpenApiSecurityScheme swaggerSecurityScheme)
        {
            settings.SecuritySchemes[name] = swaggerSecurityScheme;
            return settings;
        }
    }
}
