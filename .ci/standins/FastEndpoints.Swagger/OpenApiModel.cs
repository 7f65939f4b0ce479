#nullable disable

using System.Collections;
using System.Text.Json.Serialization.Metadata;

// The part of NSwag's and NJsonSchema's object models that a document needs. They declare no nullability either.
namespace NSwag
{
    public class OpenApiDocument
    {
        static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
            NumberHandling = JsonNumberHandling.Strict,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = true,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatIsEmpty } },
        };

        [JsonPropertyName("openapi")]
        public string OpenApi { get; set; } = "3.0.0";
        public OpenApiInfo Info { get; set; } = new();
        public ICollection<OpenApiServer> Servers { get; } = [];
        public IDictionary<string, OpenApiPathItem> Paths { get; } = new Dictionary<string, OpenApiPathItem>();
        public OpenApiComponents Components { get; } = new();
        public IList<OpenApiTag> Tags { get; set; } = [];
        [JsonIgnore]
        public IEnumerable<OpenApiOperationDescription> Operations =>
            Paths.Values.SelectMany(p => p.Values).Select(o => new OpenApiOperationDescription { Operation = o });

        public string ToJson()
        {
            foreach (var (name, schema) in Components.Schemas)
                schema.Name = name;
            return JsonSerializer.Serialize(this, Json);
        }

        static void LeaveOutWhatIsEmpty(JsonTypeInfo type)
        {
            foreach (var property in type.Properties)
                if (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)))
                    property.ShouldSerialize = (_, value) => value is IEnumerable items && items.GetEnumerator().MoveNext();
        }
    }

    public class OpenApiInfo
    {
        public string Title { get; set; }
        public string Description { get; set; }
        public OpenApiContact Contact { get; set; }
        public string Version { get; set; }
    }

    public class OpenApiContact
    {
        public string Name { get; set; }
    }

    public class OpenApiServer
    {
        public string Url { get; set; }
    }

    public class OpenApiTag
    {
        public string Name { get; set; }
        public string Description { get; set; }
    }

    public class OpenApiComponents
    {
        public IDictionary<string, JsonSchema> Schemas { get; } = new Dictionary<string, JsonSchema>();
        public IDictionary<string, OpenApiSecurityScheme> SecuritySchemes { get; } =
            new Dictionary<string, OpenApiSecurityScheme>();
    }

    public class OpenApiPathItem : Dictionary<string, OpenApiOperation>;

    public class OpenApiOperation
    {
        public List<string> Tags { get; set; } = [];
        public string Summary { get; set; }
        public string Description { get; set; }
        public string OperationId { get; set; }
        public IList<OpenApiParameter> Parameters { get; } = [];
        public OpenApiRequestBody RequestBody { get; set; }
        public IDictionary<string, OpenApiResponse> Responses { get; } = new Dictionary<string, OpenApiResponse>();
        public ICollection<OpenApiSecurityRequirement> Security { get; set; }
        [JsonExtensionData]
        public IDictionary<string, object> ExtensionData { get; set; }
    }

    public class OpenApiOperationDescription
    {
        public OpenApiOperation Operation { get; set; }
    }

    public enum OpenApiParameterKind { Undefined, Body, Query, Path, Header }

    public class OpenApiParameter
    {
        public string Name { get; set; }
        [JsonPropertyName("in")]
        public OpenApiParameterKind Kind { get; set; }
        [JsonPropertyName("required")]
        public bool IsRequired { get; set; }
        public string Description { get; set; }
        public JsonSchema Schema { get; set; }
        public object Example { get; set; }
    }

    public class OpenApiHeader : OpenApiParameter;

    public sealed class OpenApiHeaders : Dictionary<string, OpenApiHeader>;

    public class OpenApiRequestBody
    {
        [JsonPropertyName("x-name")]
        public string Name { get; set; } = "body";
        [JsonPropertyName("x-position")]
        public int? Position { get; set; } = 1;
        public string Description { get; set; } = "";
        public IDictionary<string, OpenApiMediaType> Content { get; } = new Dictionary<string, OpenApiMediaType>();
        [JsonPropertyName("required")]
        public bool IsRequired { get; set; }
    }

    public class OpenApiResponse
    {
        public string Description { get; set; } = "";
        public OpenApiHeaders Headers { get; } = [];
        public IDictionary<string, OpenApiMediaType> Content { get; } = new Dictionary<string, OpenApiMediaType>();
    }

    public class OpenApiMediaType
    {
        public JsonSchema Schema { get; set; }
        public IDictionary<string, OpenApiExample> Examples { get; } = new Dictionary<string, OpenApiExample>();
    }

    public class OpenApiExample
    {
        public string Summary { get; set; }
        public object Value { get; set; }
    }

    public class OpenApiSecurityRequirement : Dictionary<string, IEnumerable<string>>;

    public enum OpenApiSecuritySchemeType { Undefined, Basic, ApiKey, OAuth2, Http, OpenIdConnect }

    public class OpenApiSecurityScheme
    {
        public OpenApiSecuritySchemeType Type { get; set; }
        public string Description { get; set; }
        public string Scheme { get; set; }
    }
}

namespace NJsonSchema
{
    [Flags]
    public enum JsonObjectType
    {
        None = 0, Array = 1, Boolean = 2, Integer = 4, Null = 8, Number = 16, Object = 32, String = 64
    }

    public class JsonSchema
    {
        [JsonIgnore]
        public JsonSchema Reference { get; set; }
        [JsonIgnore]
        public JsonSchema ActualSchema => Reference ?? this;
        [JsonIgnore]
        public JsonObjectType Type { get; set; }
        [JsonIgnore]
        public bool AllowAdditionalProperties { get; set; } = true;
        [JsonIgnore]
        internal string Name { get; set; }

        [JsonInclude, JsonPropertyName("$ref")]
        internal string Ref => Reference is null ? null : "#/components/schemas/" + Reference.Name;
        [JsonInclude, JsonPropertyName("type")]
        internal string TypeName => Type == JsonObjectType.None ? null : Type.ToString().ToLowerInvariant();
        public string Format { get; set; }
        public string Title { get; set; }
        public string Description { get; set; }
        public object Default { get; set; }
        public object Example { get; set; }
        public decimal? Minimum { get; set; }
        [JsonPropertyName("exclusiveMinimum")]
        public bool IsExclusiveMinimum { get; set; }
        public decimal? Maximum { get; set; }
        public decimal? MultipleOf { get; set; }
        public int? MinLength { get; set; }
        public string Pattern { get; set; }
        [JsonPropertyName("nullable")]
        public bool? IsNullableRaw { get; set; }
        [JsonPropertyName("items")]
        public JsonSchema Item { get; set; }
        [JsonPropertyName("required")]
        public ICollection<string> RequiredProperties { get; } = [];
        public IDictionary<string, JsonSchemaProperty> Properties { get; } =
            new Dictionary<string, JsonSchemaProperty>();
        [JsonInclude, JsonPropertyName("additionalProperties")]
        internal object AdditionalProperties => AllowAdditionalProperties ? null : (object)false;
    }

    public class JsonSchemaProperty : JsonSchema;
}
