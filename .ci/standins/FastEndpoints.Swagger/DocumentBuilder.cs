using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing;
using NSwag.Generation.AspNetCore;

namespace FastEndpoints.Swagger;

/// <summary>Writes down in a document what the endpoints declare in their metadata.</summary>
sealed partial class DocumentBuilder(DocumentOptions options)
{
    [GeneratedRegex(@"\{(?<name>\w+)\}")]
    private static partial Regex RouteParameter();

    public OpenApiDocument Build()
    {
        var settings = new AspNetCoreOpenApiDocumentGeneratorSettings();
        if (options.TagDescriptions is not null)
            settings.PostProcess += AddTagDescriptions;
        options.DocumentSettings?.Invoke(settings);

        var document = new OpenApiDocument
        {
            Info = { Title = settings.Title, Description = settings.Description, Version = settings.Version },
        };
        foreach (var (name, scheme) in settings.SecuritySchemes)
            document.Components.SecuritySchemes[name] = scheme;

        var explorer = options.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>();
        var schemas = new SchemaBuilder(document, settings.NonNullableIsRequired, options.Services, [
            .. explorer.ApiDescriptionGroups.Items.SelectMany(group => group.Items)
                .SelectMany(api => api.ActionDescriptor.EndpointMetadata.OfType<EndpointDefinition>())]);

        foreach (var api in explorer.ApiDescriptionGroups.Items.SelectMany(g => g.Items))
            Add(document, api, schemas, settings);

        settings.PostProcess?.Invoke(document);
        return document;
    }

    void AddTagDescriptions(OpenApiDocument document)
    {
        var descriptions = new Dictionary<string, string>();
        options.TagDescriptions!(descriptions);
        foreach (var (name, description) in descriptions)
            document.Tags.Add(new() { Name = name, Description = description });
    }

    static void Add(
        OpenApiDocument document, ApiDescription api, SchemaBuilder schemas,
        AspNetCoreOpenApiDocumentGeneratorSettings settings)
    {
        var definition = api.ActionDescriptor.EndpointMetadata.OfType<EndpointDefinition>().SingleOrDefault();
        var path = "/" + api.RelativePath!.TrimEnd('/');
        var context = new AspNetCoreOperationProcessorContext
        {
            ApiDescription = api,
            OperationDescription = new()
            {
                Operation = definition is null
                    ? new()
                    : new Operation(api, definition, schemas).Describe(RouteParameter().Matches(path)),
            },
        };

        if (!settings.OperationProcessors.All(p => p.Process(context)))
            return;

        if (!document.Paths.TryGetValue(path, out var item))
            document.Paths[path] = item = [];
        item[api.HttpMethod!.ToLowerInvariant()] = context.OperationDescription.Operation;
    }

    sealed class Operation(ApiDescription api, EndpointDefinition definition, SchemaBuilder schemas)
    {
        readonly IList<object> metadata = api.ActionDescriptor.EndpointMetadata;
        readonly EndpointSummary summary = definition.EndpointSummary ?? new();
        readonly OpenApiOperation operation = new();

        public OpenApiOperation Describe(MatchCollection routeParameters)
        {
            operation.OperationId = metadata.OfType<IEndpointNameMetadata>().LastOrDefault()?.EndpointName;
            operation.Summary = XmlDocs.Of(definition.EndpointType);
            operation.Description = XmlDocs.Of(definition.EndpointType, "remarks");
            AddRequest(routeParameters);
            AddResponses();
            return operation;
        }

        void AddRequest(MatchCollection routeParameters)
        {
            if (metadata.OfType<IAcceptsMetadata>().LastOrDefault() is not { RequestType: { } type } accepts)
                return;

            var inAddress = routeParameters.Select(m => m.Groups["name"].Value).ToArray();
            var hasBody = api.HttpMethod is not "GET";
            var outsideBody = new List<string>();

            var properties = type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.CanWrite && p.Name != "EqualityContract").ToArray();
            foreach (var property in properties)
            {
                var name = schemas.NameOf(property.Name);

                if (inAddress.Contains(name, StringComparer.OrdinalIgnoreCase))
                    AddParameter(OpenApiParameterKind.Path, name, property, true);
                else if (property.GetCustomAttribute<FromHeaderAttribute>() is { } header)
                    AddParameter(
                        OpenApiParameterKind.Header, schemas.NameOf(header.HeaderName ?? property.Name), property, header.IsRequired);
                else if (!hasBody || property.IsDefined(typeof(QueryParamAttribute)))
                    AddParameter(OpenApiParameterKind.Query, name, property, null);
                else
                    continue;

                outsideBody.Add(name);
            }

            if (properties.Length > outsideBody.Count)
                AddBody(accepts, type, outsideBody);
        }

        void AddParameter(OpenApiParameterKind kind, string name, PropertyInfo property, bool? required)
        {
            var standard = property.DeclaringType!.GetConstructors().SelectMany(c => c.GetParameters())
                .FirstOrDefault(p => p.Name == property.Name && p.HasDefaultValue)?.DefaultValue;
            var nullable = SchemaBuilder.IsNullable(property);
            var isRequired = required ?? (standard is null && !nullable);
            var schema = schemas.Of<JsonSchema>(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
            schema.Default = schemas.Example(standard);
            schema.IsNullableRaw = nullable && !isRequired ? true : null;

            operation.Parameters.Add(new()
            {
                Name = name,
                Kind = kind,
                IsRequired = isRequired,
                Description = XmlDocs.Of(property),
                Schema = schema,
            });
        }

        void AddBody(IAcceptsMetadata accepts, Type type, List<string> outsideBody)
        {
            var schema = schemas.Of<JsonSchema>(type);
            var body = schema.ActualSchema;
            var example = summary.ExampleRequest is { } request ? schemas.Example(request)!.AsObject() : null;

            foreach (var name in outsideBody)
            {
                body.Properties.Remove(name);
                body.RequiredProperties.Remove(name);
                example?.Remove(name);
            }
            body.Example = example;
            foreach (var (name, value) in example ?? [])
                body.Properties[name].Example = value?.DeepClone();

            operation.RequestBody = new() { IsRequired = !accepts.IsOptional };
            foreach (var contentType in accepts.ContentTypes)
                operation.RequestBody.Content[contentType] = new() { Schema = schema };
        }

        void AddResponses()
        {
            foreach (var responses in metadata.OfType<IProducesResponseTypeMetadata>().GroupBy(r => r.StatusCode))
            {
                var declared = responses.Last();
                var response = operation.Responses[declared.StatusCode.ToString()] = new()
                {
                    Description = summary.Responses.GetValueOrDefault(declared.StatusCode) ?? "Success",
                };

                if (declared.Type is { } type && type != typeof(void))
                    foreach (var contentType in declared.ContentTypes)
                        response.Content[contentType] = new() { Schema = schemas.Of<JsonSchema>(type) };

                foreach (var header in summary.ResponseHeaders.Where(h => Internal<int>(h, "StatusCode") == declared.StatusCode))
                    response.Headers[Internal<string>(header, "HeaderName")] = new()
                    {
                        Description = Internal<string?>(header, "Description"),
                        Schema = Internal<object?>(header, "Example") is { } example ? schemas.Titled(example.GetType()) : null,
                        Example = schemas.Example(Internal<object?>(header, "Example")),
                    };
            }
        }
    }

    static T Internal<T>(object of, string property) => (T)of.GetType()
        .GetProperty(property, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(of)!;
}
