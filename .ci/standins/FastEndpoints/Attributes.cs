namespace FastEndpoints;

public enum Http { GET = 1, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, CONNECT, TRACE, QUERY }

public enum Order { Before, After }

[Flags]
public enum Source { FormField = 1, RouteParam = 2, QueryParam = 4, All = FormField | RouteParam | QueryParam }

[Flags]
public enum BindingSource
{
    JsonBody = 1, FormFields = 2, RouteValues = 4, QueryParams = 8,
    UserClaims = 16, Headers = 32, Permissions = 64, Cookies = 128,
}

public abstract class NonJsonBindingAttribute : Attribute;

[AttributeUsage(AttributeTargets.Property)]
public class DontBindAttribute(Source sources) : NonJsonBindingAttribute
{
    public Source BindingSources { get; set; } = sources;
    public bool IsRequired { get; set; }
}

[AttributeUsage(AttributeTargets.Property)]
public sealed class RouteParamAttribute() : DontBindAttribute(Source.QueryParam | Source.FormField);

[AttributeUsage(AttributeTargets.Property)]
public class QueryParamAttribute() : DontBindAttribute(Source.RouteParam | Source.FormField);

[AttributeUsage(AttributeTargets.Property)]
public sealed class FromHeaderAttribute(
    string? headerName = null, bool isRequired = true, bool removeFromSchema = false) : NonJsonBindingAttribute
{
    public FromHeaderAttribute(bool isRequired, bool removeFromSchema = false)
        : this(null, isRequired, removeFromSchema) { }

    public string? HeaderName { get; set; } = headerName;
    public bool IsRequired { get; set; } = isRequired;
    public bool RemoveFromSchema { get; set; } = removeFromSchema;
}

[AttributeUsage(AttributeTargets.Property)]
public sealed class BindFromAttribute(string name) : Attribute
{
    public string Name { get; set; } = name;
}

[AttributeUsage(AttributeTargets.All)]
public sealed class HideFromDocsAttribute : Attribute;

[AttributeUsage(AttributeTargets.Class)]
public sealed class DontRegisterAttribute : Attribute;

/// <summary>Marks the base classes' handlers, so that a type which overrides one can be told apart.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class NotImplementedAttribute : Attribute;
