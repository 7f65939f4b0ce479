namespace FastEndpoints;

public enum Http { GET = 1, POST, PUT, PATCH, DELETE }

public enum Order { Before, After }

[Flags]
public enum Source { FormField = 1, RouteParam = 2, QueryParam = 4 }

[Flags]
public enum BindingSource { JsonBody = 1, RouteValues = 4, QueryParams = 8, Headers = 32 }

public abstract class NonJsonBindingAttribute : Attribute;

[AttributeUsage(AttributeTargets.Property)]
public class DontBindAttribute(Source sources) : NonJsonBindingAttribute
{
    public Source BindingSources { get; set; } = sources;
}

[AttributeUsage(AttributeTargets.Property)]
public sealed class RouteParamAttribute() : DontBindAttribute(Source.QueryParam | Source.FormField);

[AttributeUsage(AttributeTargets.Property)]
public class QueryParamAttribute() : DontBindAttribute(Source.RouteParam | Source.FormField);

[AttributeUsage(AttributeTargets.Property)]
public sealed class FromHeaderAttribute(
    string? headerName = null, bool isRequired = true, bool removeFromSchema = false) : NonJsonBindingAttribute
{
    public string? HeaderName { get; set; } = headerName;
    public bool IsRequired { get; set; } = isRequired;
    public bool RemoveFromSchema { get; set; } = removeFromSchema;
}
