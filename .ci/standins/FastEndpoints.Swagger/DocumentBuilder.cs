using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using NSwag.Generation.AspNetCore;

namespace FastEndpoints.Swagger;

/// <summary>Writes down in a document what the endpoints declare in their metadata.</summary>
sealed partial class DocumentBuilder(DocumentOptions options)
{
    static readonly Dictionary<string, Type> RouteConstraints = new()
    {
        ["int"] = typeof(int), ["long"] = typeof(long), ["guid"] = typeof(Guid), ["bool"] = typeof(bool),
    };

    [GeneratedRegex(@"\{\**(?<name>\w+)(:(?<constraint>\w+))?[^}]*\}")]
    private static partial Regex RouteParameter();

    public OpenApiDocument Build()
    {
        var settings = new AspNetCoreOpenApiDocumentGeneratorSettings { Title = AppDomain.CurrentDomain.FriendlyName };
        if (options.TagDescriptions is not null)
            settings.PostProcess = AddTagDescriptions;
        options.DocumentSettings?.Invoke(settings);

        var json = new JsonSerializerOptions(Config.SerOpts.Options);
        options.SerializerSettings?.Invoke(json);

        var document = new OpenApiDocument
        {
            Info = { Title = settings.Title, Description = settings.Description, Version = settings.Version },
        };
        foreach (var (name, scheme) in settings.SecuritySchemes)
            document.Components.SecuritySchemes[name] = scheme;

        var endpoints = options.Services.GetRequiredService<EndpointData>().Found;
        var schemas = new SchemaBuilder(document, json, options.ShortSchemaNames, endpoints);
        var explorer = options.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>();

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

    void Add(
        OpenApiDocument document, ApiDescription api, SchemaBuilder schemas,
        AspNetCoreOpenApiDocumentGeneratorSettings settings)
    {
        var definition = api.ActionDescriptor.EndpointMetadata.OfType<EndpointDefinition>().SingleOrDefault();
        if (definition is null ? options.ExcludeNonFastEndpoints : options.EndpointFilter?.Invoke(definition) == false)
            return;

        var route = api.RelativePath!.TrimEnd('/');
        var operation = new Operation(api, definition, schemas, options);
        var context = new AspNetCoreOperationProcessorContext
        {
            Document = document,
            ApiDescription = api,
            OperationDescription = new()
            {
                Path = "/" + RouteParameter().Replace(route, m => $"{{{operation.NameOf(m.Groups["name"].Value)}}}"),
                Method = api.HttpMethod!.ToLowerInvariant(),
                Operation = operation.Describe(RouteParameter().Matches(route)),
            },
        };

        if (!settings.OperationProcessors.All(p => p.Process(context)))
            return;

        var (path, method) = (context.OperationDescription.Path, context.OperationDescription.Method);
        if (!document.Paths.TryGetValue(path, out var item))
            document.Paths[path] = item = [];
        item[method] = context.OperationDescription.Operation;
    }

    sealed class Operation(
        ApiDescription api, EndpointDefinition? definition, SchemaBuilder schemas, DocumentOptions options)
    {
        readonly IList<object> metadata = api.ActionDescriptor.EndpointMetadata;
        readonly EndpointSummary summary = definition?.EndpointSummary ?? new();
        readonly OpenApiOperation operation = new();

        public string NameOf(string name) =>
            options.UsePropertyNamingPolicy && Config.SerOpts.Options.PropertyNamingPolicy is { } policy
                ? policy.ConvertName(name)
                : name;

        public OpenApiOperation Describe(MatchCollection routeParameters)
        {
            operation.OperationId = metadata.OfType<IEndpointNameMetadata>().LastOrDefault()?.EndpointName;
            operation.Summary = summary.Summary ?? XmlDocs.Of(definition?.EndpointType);
            operation.Description = summary.Description ?? XmlDocs.Of(definition?.EndpointType, "remarks");
            AddTags();
            AddRequest(routeParameters);
            AddResponses();
            return operation;
        }

        void AddTags()
        {
            operation.Tags.AddRange(metadata.OfType<ITagsMetadata>().SelectMany(t => t.Tags).Distinct());

            var segments = api.RelativePath!.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var segment = segments.ElementAtOrDefault(options.AutoTagPathSegmentIndex - 1);
            if (segment is not null && definition is { DontAutoTagEndpoints: false })
                operation.Tags.Add(options.TagCase switch
                {
                    TagCase.TitleCase => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(segment),
                    TagCase.LowerCase => segment.ToLowerInvariant(),
                    _ => segment,
                });
        }

        void AddRequest(MatchCollection routeParameters)
        {
            var accepts = metadata.OfType<IAcceptsMetadata>().LastOrDefault();
            var type = accepts?.RequestType;
            var properties = type is null || type.IsAssignableTo(typeof(System.Collections.IEnumerable))
                ? []
                : RequestType.BindableProperties(type).ToList();
            var outsideBody = new List<PropertyInfo>();

            foreach (Match match in routeParameters)
            {
                var name = match.Groups["name"].Value;
                var constraint = RouteConstraints.GetValueOrDefault(match.Groups["constraint"].Value, typeof(string));
                var property = properties.Find(p =>
                    name.Equals(BoundName(p), StringComparison.OrdinalIgnoreCase));
                if (property is not null)
                    outsideBody.Add(property);
                AddParameter(OpenApiParameterKind.Path, name, property, property?.PropertyType ?? constraint, true);
            }

            var hasBody = api.HttpMethod is not ("GET" or "HEAD");
            foreach (var property in properties.Except(outsideBody).ToArray())
            {
                if (property.GetCustomAttribute<FromHeaderAttribute>() is { } header)
                {
                    AddParameter(
                        OpenApiParameterKind.Header, header.HeaderName ?? property.Name, property,
                        property.PropertyType, header.IsRequired);
                    if (header.IsRequired || header.RemoveFromSchema)
                        outsideBody.Add(property);
                }
                else if (!hasBody || property.IsDefined(typeof(QueryParamAttribute)))
                {
                    AddParameter(OpenApiParameterKind.Query, BoundName(property), property, property.PropertyType, null);
                    outsideBody.Add(property);
                }
            }

            if (hasBody && type is not null && (properties.Count == 0 || properties.Except(outsideBody).Any()))
                AddBody(accepts!, type, outsideBody);
        }

        void AddParameter(OpenApiParameterKind kind, string name, PropertyInfo? property, Type type, bool? required)
        {
            var standard = DefaultOf(property);
            var nullable = property is not null && SchemaBuilder.IsNullable(property);
            var isRequired = required ?? (standard is null && !nullable);
            var schema = schemas.Of<JsonSchema>(Nullable.GetUnderlyingType(type) ?? type);

            if (schema.Reference is { } enumeration)
            {
                schema.Reference = null;
                schema.AllOf.Add(new() { Reference = enumeration });
            }
            schema.Default = schemas.Example(standard);
            schema.IsNullableRaw = nullable && !isRequired ? true : null;

            operation.Parameters.Add(new()
            {
                Name = NameOf(name),
                Kind = kind,
                IsRequired = isRequired,
                Description = summary.Params.GetValueOrDefault(property?.Name ?? name)
                    ?? summary.Params.GetValueOrDefault(name)
                    ?? (property is null ? null : XmlDocs.Of(property)),
                Schema = schema,
            });
        }

        static string BoundName(PropertyInfo property) =>
            property.GetCustomAttribute<BindFromAttribute>()?.Name ?? property.Name;

        static object? DefaultOf(PropertyInfo? property) =>
            property?.DeclaringType!.GetConstructors().MaxBy(c => c.GetParameters().Length)?.GetParameters()
                .SingleOrDefault(p => p.Name == property.Name && p.HasDefaultValue)?.DefaultValue is { } value
                ? property.PropertyType.IsEnum ? Enum.ToObject(property.PropertyType, value) : value
                : null;

        void AddBody(IAcceptsMetadata accepts, Type type, List<PropertyInfo> outsideBody)
        {
            var schema = schemas.Of<JsonSchema>(type);
            var body = schema.ActualSchema;
            var hidden = outsideBody.Select(p => NameOf(p.Name)).ToArray();

            foreach (var name in hidden)
            {
                body.Properties.Remove(name);
                body.RequiredProperties.Remove(name);
            }
            foreach (var (name, description) in summary.Params)
                if (body.Properties.TryGetValue(NameOf(name), out var property))
                    property.Description = description;

            var examples = summary.RequestExamples.Select(e => (e, Value: ExampleOf(e.Value, hidden))).ToArray();
            if (examples.Length == 1)
                body.Example = examples[0].Value;

            var media = new OpenApiMediaType { Schema = schema };
            for (var i = 0; i < examples.Length && examples.Length > 1; i++)
            {
                var (example, value) = examples[i];
                var label = media.Examples.ContainsKey(example.Label) ? $"{example.Label} {i + 1}" : example.Label;
                media.Examples[label] = new()
                {
                    Summary = example.Summary, Description = example.Description, Value = value,
                };
            }

            operation.RequestBody = new() { IsRequired = !accepts.IsOptional };
            foreach (var contentType in accepts.ContentTypes)
                operation.RequestBody.Content[contentType] = media;
        }

        JsonNode? ExampleOf(object value, string[] hidden)
        {
            var node = schemas.Example(value);
            foreach (var name in hidden)
                (node as JsonObject)?.Remove(name);
            return node;
        }

        void AddResponses()
        {
            foreach (var responses in metadata.OfType<IProducesResponseTypeMetadata>().GroupBy(r => r.StatusCode))
            {
                var declared = responses.Last();
                var status = declared.StatusCode;
                var example = (declared as DefaultProducesResponseMetadata)?.Example
                    ?? summary.ResponseExamples.GetValueOrDefault(status);
                var response = operation.Responses[status.ToString()] = new()
                {
                    Description = summary.Responses.GetValueOrDefault(status) ?? ReasonPhrases.GetReasonPhrase(status),
                };

                if (declared.Type is { } type && type != typeof(void))
                    foreach (var contentType in declared.ContentTypes)
                        response.Content[contentType] = new()
                        {
                            Schema = schemas.Of<JsonSchema>(type),
                            Example = schemas.Example(example),
                        };

                foreach (var header in summary.ResponseHeaders.Where(h => h.StatusCode == status))
                    response.Headers[header.HeaderName] = new()
                    {
                        Description = header.Description,
                        Schema = header.Example is null ? null : schemas.Of<JsonSchema>(header.Example.GetType()),
                        Example = schemas.Example(header.Example),
                    };
            }
        }
    }
}
